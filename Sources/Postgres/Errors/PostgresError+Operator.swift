// What an operator is told.
extension PostgresError {
    /// The server, its disk or the way to it is at fault, not the work: it goes through unchanged once that is mended.
    public var isServerTrouble: Bool {
        switch code {
        case .connection, .commitUnknown, .readOnlyTransaction, .adminShutdown, .crashShutdown, .cannotConnectNow: true
        // Resources that ran out, errors outside PostgreSQL such as those of the disk.
        default: code.sqlState.map { state in ["08", "53", "58"].contains { state.hasPrefix($0) } } ?? false
        }
    }

    /// Trouble that no statement brings about by itself: the disk is full, the server takes no writes or no connections, or another
    /// session took it down. The rest of ``isServerTrouble`` may be the work's own doing: a statement that ends or crashes its backend
    /// shows as a lost connection.
    public var isBeyondTheWork: Bool {
        switch code {
        case .diskFull, .readOnlyTransaction, .tooManyConnections, .crashShutdown, .cannotConnectNow: true
        default: false
        }
    }

    /// One line: what is wrong and what helps. Safe for logs, like `description`.
    public var operatorText: String {
        switch code {
        case .diskFull: "disk full: the database can't write; free space for it (\(description))"
        case .tooManyConnections: "the database takes no more connections; raise max_connections or use a pooler (\(description))"
        case .readOnlyTransaction: "the database is read-only, a standby perhaps; look at target_session_attrs (\(description))"
        default: description
        }
    }
}
