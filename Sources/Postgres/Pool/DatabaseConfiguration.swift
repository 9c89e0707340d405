/// How to reach a database, and how many connections to keep.
public struct DatabaseConfiguration: Sendable {
    /// libpq's connection string or URI, with everything libpq understands: several hosts, `target_session_attrs`, `sslmode`, `passfile`, ….
    public var connectionString: String
    /// Shown in `pg_stat_activity`. An `application_name` in the connection string wins.
    public var applicationName: String
    /// The most connections open at once.
    public var maximumConnections = 8
    /// Connections that stay open while nobody needs them.
    public var minimumIdleConnections = 1
    /// How long an idle connection above the minimum stays open.
    public var idleTimeout: Duration = .seconds(60)
    /// How long one attempt may take for each host. The connection string's `connect_timeout` wins. At least 2 s: libpq's least.
    public var connectTimeout: Duration = .seconds(10)
    /// How long a caller waits for a connection, including attempts to reconnect, before it gets an error.
    public var acquireTimeout: Duration = .seconds(30)
    /// The server ends a statement that runs longer. Nil: no limit.
    public var statementTimeout: Duration?
    /// How long the client waits for the answer to a statement before it cancels it, and counts the connection as lost when even that is
    /// not answered. Nil: `statementTimeout` and 5 s more, or no limit. Scripts and COPY have none.
    public var answerTimeout: Duration?
    /// The server ends a statement that waits longer for a lock. Nil: no limit.
    public var lockTimeout: Duration?
    /// The server ends a session that sits in an open transaction for longer without a statement. Nil: no limit.
    public var idleInTransactionTimeout: Duration?
    /// Run-time parameters set on each connection, such as `search_path`. `options` of the connection string win, except behind a pooler
    /// in transaction mode.
    public var settings: [String: String] = [:]
    /// What stands between us and the server.
    public var pooling = Pooling.session
    /// The threads on which bodies run that are given a connection.
    public var threads = Threads.shared
    /// How long `close()` and a graceful shutdown wait for connections in use before they cancel what runs on them.
    public var closeTimeout: Duration = .seconds(10)

    public enum Pooling: Sendable {
        /// The server itself, or a pooler that keeps a server connection for each client connection.
        case session
        /// A pooler that may change the server connection after each transaction (PgBouncer's transaction mode). Statements are not kept
        /// by name, and settings are made anew in each transaction and for each statement outside one, in the same round trip.
        /// What can't run inside a transaction, such as VACUUM, is refused by the server once there are settings.
        case transaction
    }

    public enum Threads: Sendable {
        /// Those of all pools.
        case shared
        /// A thread of low priority, for long work that nobody waits for: where the processors are busy, everything else goes first. All pools
        /// that ask for it share it.
        case background
        /// A thread that has a processor only while no other thread wants it, so that nobody waits for its turns to end. On a machine that is always
        /// busy it does not get on: whoever uses it must be able to do without. All pools that ask for it share it.
        case spare
    }

    public init(_ connectionString: String, applicationName: String = "trunkline") {
        self.connectionString = connectionString
        self.applicationName = applicationName
    }
}
