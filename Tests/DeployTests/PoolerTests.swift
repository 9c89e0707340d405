import EmbeddedPostgres
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("deploy/pgbouncer", .database)
struct PoolerTests {
    /// The settings of the sample, without those that tell where things are.
    private func settings() throws -> [String: String] {
        let places = ["listen_addr", "listen_port", "unix_socket_dir", "auth_file", "logfile", "pidfile"]
        let text = try Source.text("deploy/pgbouncer/pgbouncer.ini")
        let section = try #require(text.components(separatedBy: "[pgbouncer]").last)
        let lines = section.split(separator: "\n").filter { !$0.hasPrefix(";") }.map { $0.split(separator: "=", maxSplits: 1) }
        let pairs = lines.map {
            ($0[0].trimmingCharacters(in: .whitespaces), $0.last?.trimmingCharacters(in: .whitespaces) ?? "")
        }
        return Dictionary(uniqueKeysWithValues: pairs).filter { !places.contains($0.key) }
    }

    @Test("PgBouncer runs with the sample's settings, and a program works through it as the sample says")
    func works() async throws {
        let direct = try TestDatabase.current.url
        let settings = try settings()
        #expect(settings["pool_mode"] == "transaction")
        try await PgBouncer.with(settings: settings) { bouncer in
            let folder = try ScratchFolder()
            let port = try FreePort.find()
            let program = try RunningService(
                try BuiltProgram.path("call-sync"), [],
                environment: [
                    "TRUNKLINE_DATABASE_URL": bouncer.url(for: direct), "TRUNKLINE_DATABASE_POOLING": "transaction",
                    "TRUNKLINE_JOBS_LISTEN_URL": direct, "TRUNKLINE_HTTP_PORT": "\(port)",
                ], in: folder)
            try await program.isWell("http://127.0.0.1:\(port)/health/ready")
            #expect(try await program.stop() == 0, "\(program.words)")
        }
    }
}
