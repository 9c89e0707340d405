internal import CLibpq

extension PostgresError {
    /// Reads the error out of a result of libpq; the caller still owns the result.
    init(result: OpaquePointer, statement: Statement?) {
        func field(_ code: Character) -> String? {
            PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
        }
        // No SQLSTATE: libpq made the result itself because the connection broke.
        let state = field("C")
        let message = field("M") ?? String(cString: PQresultErrorMessage(result)).trimmed
        self.init(state.map(Code.init(rawValue:)) ?? .connection, message, statement: statement)
        detail = field("D")
        hint = field("H")
        context = field("W")
        schema = field("s")
        table = field("t")
        column = field("c")
        dataType = field("d")
        constraint = field("n")
        position = field("P").flatMap { Int($0) }
        serverRoutine = field("R")
    }

    /// The connection's own error.
    init(connection: OpaquePointer?, statement: Statement? = nil) {
        let message = connection.map { String(cString: PQerrorMessage($0)).trimmed } ?? "the connection is closed"
        self.init(.connection, message.isEmpty ? "the connection broke" : message, statement: statement)
    }
}

extension String {
    /// Without white space at the ends: libpq ends its messages with a line feed.
    var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return String(text)
    }
}
