import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import Schema

/// The private server that holds the generated hub.
struct BenchCluster {
    let server: EmbeddedPostgres
    /// The superuser's connections.
    let database: Database
    /// Whether the folder goes at the end.
    private let isTemporary: Bool

    private static let name = "trunkline"
    /// The one login that reports are run as: it may read the views and nothing else.
    private static let reader = "bench_report"
    /// The console's login: a member of `trunkline_console` and of nothing else.
    static let console = "bench_console"

    /// As the server is filled: nothing has to last, and nobody else is there.
    private static let filling = [
        "shared_buffers": "1GB", "work_mem": "128MB", "maintenance_work_mem": "1GB", "max_wal_size": "4GB",
        "wal_level": "minimal",
        "max_wal_senders": "0", "autovacuum": "off", "checkpoint_timeout": "30min",
    ]

    /// As it is asked: a server of 8 GB, everything else by default.
    private static let asking = ["shared_buffers": "2GB", "effective_cache_size": "6GB"]

    /// Makes a cluster, fills it, and starts it anew as it is asked.
    static func make(keeping folder: URL?, fill: (Database) async throws -> Void) async throws -> BenchCluster {
        let home =
            folder ?? FileManager.default.temporaryDirectory.appending(path: "bench-console-\(UUID().uuidString.prefix(8))")
        do {
            let server = try await EmbeddedPostgres.start(in: home, settings: filling, durable: false)
            try await prepare(server)
            try write(server.password, in: home)
            let database = open(server)
            _ = try await Migrator.migrate(on: database, logger: quiet)
            try await makeReader(password: server.password, on: database)
            try await fill(database)
            try await database.execute(Statement("", "CHECKPOINT"))
            await database.close()
            await server.stop()
            return try await reuse(home, isTemporary: folder == nil)
        } catch {
            if folder == nil { try? FileManager.default.removeItem(at: home) }
            throw error
        }
    }

    /// Starts a cluster that an earlier run kept, and brings it to this program's schema.
    static func reuse(_ folder: URL) async throws -> BenchCluster {
        let cluster = try await reuse(folder, isTemporary: false)
        do {
            _ = try await Migrator.migrate(on: cluster.database, logger: quiet)
            return cluster
        } catch {
            await cluster.stop()
            throw error
        }
    }

    private static func reuse(_ folder: URL, isTemporary: Bool) async throws -> BenchCluster {
        let password = try String(contentsOf: passwordFile(in: folder), encoding: .utf8)
        let server = try await EmbeddedPostgres.reopen(folder, password: password, settings: asking)
        return BenchCluster(server: server, database: open(server), isTemporary: isTemporary)
    }

    /// Connections with the rights of `trunkline_report`.
    func readerDatabase() -> Database {
        Self.database(server.connectionString(database: Self.name, user: Self.reader), connections: 1)
    }

    var superuserURL: String { server.connectionString(database: Self.name) }

    /// Where the console finds the hub. Its login is made anew; its statements can be told with their plans by auto_explain.
    func consoleURL() async throws -> String {
        try await database.withConnection { connection in
            try await connection.run(
                script: """
                    DROP ROLE IF EXISTS \(Self.console);
                    CREATE ROLE \(Self.console) LOGIN PASSWORD '\(server.password)' IN ROLE trunkline_console;
                    ALTER ROLE \(Self.console) SET session_preload_libraries = 'auto_explain';
                    """)
        }
        return server.connectionString(database: Self.name, user: Self.console)
    }

    func stop() async {
        await database.close()
        await server.stop()
        if isTemporary { try? FileManager.default.removeItem(at: server.folder) }
    }

    private static func prepare(_ server: EmbeddedPostgres) async throws {
        let administrator = database(server.connectionString(), connections: 1)
        try await administrator.withConnection { try await $0.run(script: "CREATE DATABASE \(name)") }
        await administrator.close()
    }

    /// After the migrations, which make the role.
    private static func makeReader(password: String, on database: Database) async throws {
        try await database.withConnection {
            try await $0.run(script: "CREATE ROLE \(reader) LOGIN PASSWORD '\(password)' IN ROLE trunkline_report")
        }
    }

    private static func open(_ server: EmbeddedPostgres) -> Database {
        database(server.connectionString(database: name), connections: 4)
    }

    private static func database(_ url: String, connections: Int) -> Database {
        var configuration = DatabaseConfiguration(url, applicationName: "bench")
        configuration.maximumConnections = connections
        return Database(configuration, logger: quiet)
    }

    private static var quiet: Logger { Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }

    private static func passwordFile(in folder: URL) -> URL { folder.appending(path: "bench-password") }

    private static func write(_ password: String, in folder: URL) throws {
        let file = passwordFile(in: folder)
        try Data(password.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path())
    }
}
