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
    /// How long `close()` and a graceful shutdown wait for connections in use before they cancel what runs on them.
    public var closeTimeout: Duration = .seconds(10)

    public enum Pooling: Sendable {
        /// The server itself, or a pooler that keeps a server connection for each client connection.
        case session
        /// A pooler that may change the server connection after each transaction (PgBouncer's transaction mode). Statements are not kept
        /// by name, and settings are applied inside each transaction; statements outside one run with the role's settings.
        case transaction
    }

    public init(_ connectionString: String, applicationName: String = "trunkline") {
        self.connectionString = connectionString
        self.applicationName = applicationName
    }
}

extension DatabaseConfiguration {
    /// All run-time parameters.
    var runTimeParameters: [(name: String, value: String)] {
        var all = settings.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name }
        for (name, limit) in [
            ("statement_timeout", statementTimeout), ("lock_timeout", lockTimeout),
            ("idle_in_transaction_session_timeout", idleInTransactionTimeout),
        ] {
            if let limit { all.append((name, String(limit.milliseconds))) }
        }
        return all
    }

    /// What is set at the start of each transaction because the session can't be relied on.
    var transactionSettings: [String] {
        guard pooling == .transaction else { return [] }
        return runTimeParameters.map { "SET LOCAL \($0.name) = '\($0.value.replacing("'", with: "''"))'" }
    }

    /// When the client gives a statement up, where the server should have ended it before.
    var answerDeadline: Duration? { answerTimeout ?? statementTimeout.map { $0 + .seconds(5) } }
}
