public import Foundation
import Synchronization

/// A private PostgreSQL server for demonstrations, tests and benchmarks.
///
/// It has a data folder of its own, a free port on 127.0.0.1, a random password, and ends with the process that started it, even when that
/// process is killed: a watchdog waits for the end of a pipe. PostgreSQL refuses to run as root, so a root process runs it as the user `postgres`.
public final class EmbeddedPostgres: Sendable {
    /// How a server is stopped, in `pg_ctl`'s words: `fast` rolls back and writes a checkpoint, `immediate` is a crash.
    public enum StopMode: String, Sendable {
        case smart, fast, immediate
    }

    /// The folder that holds `data`, the socket and `server.log`.
    public let folder: URL
    public let port: Int
    /// The superuser's name and password.
    public let user = "postgres"
    public let password: String

    private let tools: ServerTools
    private let watchdog: Mutex<Watchdog?>

    private init(folder: URL, port: Int, password: String, tools: ServerTools, watchdog: Watchdog) {
        self.folder = folder
        self.port = port
        self.password = password
        self.tools = tools
        self.watchdog = Mutex(watchdog)
    }

    /// Makes a cluster and starts it; returns when it takes connections.
    ///
    /// - Parameters:
    ///   - folder: where the cluster lives; kept at the end. Nil takes a temporary folder that is removed at the end.
    ///   - settings: lines for `postgresql.conf`, over our defaults.
    ///   - durable: false switches `fsync` and `synchronous_commit` off, for tests only.
    /// - Throws: `EmbeddedPostgresError` when the server's programs are missing or it does not start, with the end of its log.
    public static func start(
        in folder: URL? = nil, settings: [String: String] = [:], durable: Bool = true
    ) async throws -> EmbeddedPostgres {
        let tools = try ServerTools.find()
        return try await onThread {
            let home = try folder ?? ServerFolder.temporary()
            try ServerFolder.prepare(home, owner: tools.account)
            let password = ServerFolder.randomPassword()
            try tools.initialise(home, password: password)
            return try started(
                tools, in: home, isTemporary: folder == nil, password: password, settings: settings, durable: durable)
        }
    }

    /// Starts a cluster that stands already: one that was kept, or a copy that `pg_basebackup` made. Its folder stays at the end.
    ///
    /// - Parameters:
    ///   - folder: the folder that holds `data`.
    ///   - password: the superuser's; it stands in the cluster.
    /// - Throws: as ``start(in:settings:durable:)``, also when there is no cluster.
    public static func reopen(
        _ folder: URL, password: String, settings: [String: String] = [:], durable: Bool = true
    ) async throws -> EmbeddedPostgres {
        let tools = try ServerTools.find()
        return try await onThread {
            guard FileManager.default.fileExists(atPath: folder.appending(path: "data/PG_VERSION").path()) else {
                throw EmbeddedPostgresError("\(folder.path()) holds no cluster")
            }
            return try started(tools, in: folder, isTemporary: false, password: password, settings: settings, durable: durable)
        }
    }

    /// Blocks until the server takes connections.
    private static func started(
        _ tools: ServerTools, in home: URL, isTemporary: Bool, password: String, settings: [String: String], durable: Bool
    ) throws -> EmbeddedPostgres {
        let watchdog = try Watchdog(tools: tools, folder: home, removesFolder: isTemporary)
        var lastError: any Error = EmbeddedPostgresError("no free port was found")
        for _ in 1...5 {
            let port = try FreePort.find()
            try ServerConfiguration.write(settings, durable: durable, port: port, in: home)
            do {
                try tools.control("start", folder: home)
                return EmbeddedPostgres(folder: home, port: port, password: password, tools: tools, watchdog: watchdog)
            } catch {
                lastError = error  // somebody may have taken the port in between
            }
        }
        throw lastError
    }

    /// A libpq URI for one database and user; the superuser unless another is named.
    public func connectionString(database: String = "postgres", user: String? = nil, password: String? = nil) -> String {
        "postgresql://\(user ?? self.user):\(password ?? self.password)@127.0.0.1:\(port)/\(database)"
    }

    /// The folder of `psql`, `pgbench` and the server's other programs.
    public var binaries: URL { tools.binaries }

    /// The server's first process; nil while it is down.
    public var process: Int32? {
        let file = folder.appending(path: "data/postmaster.pid")
        return (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// Stops the server and, when its folder is temporary, removes it. Stopping twice does nothing.
    public func stop(_ mode: StopMode = .fast) async {
        guard let watchdog = watchdog.withLock({ $0.take() }) else { return }
        try? await onThread { [tools, folder] in try? tools.control("stop", mode: mode, folder: folder) }
        try? await onThread { watchdog.end() }
    }

    /// Stops the server and keeps its data, as an outage; `resume` starts it again on the same port.
    public func interrupt(_ mode: StopMode = .immediate) async throws {
        try await onThread { [tools, folder] in try tools.control("stop", mode: mode, folder: folder) }
    }

    /// Starts an interrupted server again; returns when it takes connections.
    public func resume() async throws {
        try await onThread { [tools, folder] in try tools.control("start", folder: folder) }
    }

    /// Stops and starts the server; `immediate` is a crash with recovery.
    public func restart(_ mode: StopMode = .immediate) async throws {
        try await interrupt(mode)
        try await resume()
    }
}

/// Runs blocking work on a thread of its own, so that none of Swift's cooperative threads waits.
func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try work() })
        }
    }
}
