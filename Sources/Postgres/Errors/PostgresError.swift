/// What went wrong with a statement, a connection or a value.
///
/// `description` is safe for logs: it names the condition, the constraint, the table and the statement, and never shows a value, because
/// PostgreSQL quotes values in its messages. `debugDescription` is complete and belongs on a developer's screen.
public struct PostgresError: Error, Sendable {
    /// The condition: an SQLSTATE of the server or a condition of this library.
    public var code: Code
    /// The server's or libpq's own words. They may quote values.
    public var message: String
    /// The server's DETAIL. It nearly always quotes values.
    public var detail: String?
    /// The server's HINT.
    public var hint: String?
    /// The server's CONTEXT (for example a PL/pgSQL call stack).
    public var context: String?
    public var schema: String?
    public var table: String?
    public var column: String?
    public var dataType: String?
    public var constraint: String?
    /// The name of the prepared statement, empty for an unnamed one, nil where no statement was involved.
    public var statementName: String?
    /// The SQL that was sent.
    public var sql: String?
    /// Position in the SQL, in characters from 1.
    public var position: Int?
    /// Which request of a pipeline failed, from 0.
    public var index: Int?
    /// The function of the server's source that reported the error.
    var serverRoutine: String?

    public init(_ code: Code, _ message: String, statement: Statement? = nil) {
        self.code = code
        self.message = message
        statementName = statement?.name
        sql = statement?.sql
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    /// One line without any value of the application's data.
    public var description: String {
        var text = "PostgreSQL \(code)"
        if let statementName { text += " in statement \(statementName.isEmpty ? "(unnamed)" : statementName)" }
        if let index { text += " at index \(index)" }
        if let constraint { text += ", constraint \(constraint)" }
        if let table { text += ", table \(schema.map { $0 + "." } ?? "")\(table)" }
        if let column { text += ", column \(column)" }
        if let position { text += ", position \(position)" }
        if !code.mayQuoteValues { text += ": \(message)" }
        return text
    }

    /// Everything known, values included.
    public var debugDescription: String {
        var text = "PostgreSQL \(code): \(message)"
        for (name, value) in [
            ("detail", detail), ("hint", hint), ("context", context), ("schema", schema), ("table", table), ("column", column),
            ("type", dataType), ("constraint", constraint), ("statement", statementName), ("sql", sql),
            ("position", position.map(String.init)), ("index", index.map(String.init)),
        ] {
            if let value { text += "\n  \(name): \(value)" }
        }
        return text
    }
}
