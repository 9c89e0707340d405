/// SQL with a name of its own, prepared once per connection under that name at its first use.
///
/// Keep statements as `static let` beside the function that runs them: a literal costs nothing to compare. Parameters are `$1`, `$2`, ….
/// A statement with the empty name is never kept: it costs an extra message each time and suits SQL that is built at run time.
/// One name stands for one SQL text in a process: another text under a used name is refused with `PostgresError.Code.misuse`.
public struct Statement: Sendable, Hashable {
    public let name: String
    public let sql: String

    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// A statement with its parameters: one member of a pipeline.
public struct Request: Sendable {
    public var statement: Statement
    public var parameters: [any PostgresEncodable]

    public init(_ statement: Statement, _ parameters: [any PostgresEncodable] = []) {
        self.statement = statement
        self.parameters = parameters
    }
}
