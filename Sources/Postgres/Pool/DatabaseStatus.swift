/// What a pool is doing, for health pages and tests.
public struct DatabaseStatus: Sendable {
    /// Connections open, lent or idle.
    public var open: Int
    /// Connections that nobody uses now.
    public var idle: Int
    /// Connections being opened.
    public var opening: Int
    /// Callers that wait for a connection.
    public var waiting: Int
    /// Why the latest attempt to connect failed; nil once one succeeded.
    public var lastFailure: PostgresError?
}

extension Database {
    /// A look at the pool, without asking the server.
    public var status: DatabaseStatus {
        state.withLock { state in
            DatabaseStatus(
                open: state.open.count, idle: state.idle.count, opening: state.opening, waiting: state.waiters.count,
                lastFailure: state.lastFailure)
        }
    }
}
