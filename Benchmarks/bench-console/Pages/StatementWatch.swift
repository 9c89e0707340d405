import EmbeddedPostgres
import Foundation
import Postgres

/// Has the server log every statement of the console with its plan, for as long as it takes to ask some pages.
struct StatementWatch {
    private let cluster: BenchCluster
    private let log: FileHandle

    private static let settings = [
        ("log_min_duration_statement", "0"), ("auto_explain.log_min_duration", "0"), ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_buffers", "on"),
    ]

    /// Returns when every session does so.
    static func begin(on cluster: BenchCluster) async throws -> StatementWatch {
        try await change(settings.map { "\($0.0) = \($0.1)" }, "SET", "0", on: cluster)
        let log = try FileHandle(forReadingFrom: cluster.server.folder.appending(path: "server.log"))
        return StatementWatch(cluster: cluster, log: log)
    }

    /// What the server said of the console's statements meanwhile.
    func statements(_ body: () async throws -> Void) async throws -> [ServerLog.Entry] {
        try log.seekToEnd()
        try await body()
        let text = String(decoding: try log.readToEnd() ?? Data(), as: UTF8.self)
        return ServerLog.entries(text, of: BenchCluster.console)
    }

    func end() async throws {
        try log.close()
        try await Self.change(Self.settings.map(\.0), "RESET", "-1", on: cluster)
    }

    private static func change(_ settings: [String], _ verb: String, _ expected: String, on cluster: BenchCluster) async throws {
        try await cluster.database.withConnection { connection in
            // Its settings are not known before.
            try await connection.run(script: "LOAD 'auto_explain'")
            for setting in settings { try await connection.run(script: "ALTER SYSTEM \(verb) \(setting)") }
            _ = try await connection.query(Statement("", "SELECT pg_reload_conf()"))
            let deadline = ContinuousClock.now + .seconds(10)
            while try await duration(on: connection) != expected {
                guard ContinuousClock.now < deadline else { throw BenchError("the server does not take new settings") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    private static func duration(on connection: Connection) async throws -> String {
        try await connection.query(Statement("", "SHOW log_min_duration_statement"))[0][0].decode(String.self)
    }
}
