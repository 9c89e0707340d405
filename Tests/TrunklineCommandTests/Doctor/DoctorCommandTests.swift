import Postgres
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

@Suite(.databaseEach) struct DoctorCommandTests {
    private struct Line: Decodable {
        var level: String
        var check: String
        var found: String
    }

    @Test func `every check can look with an operator's rights`() async throws {
        let url = try await OperatorLogin.url()
        let run = try await CommandRun.of("doctor", "--format", "json", database: url)
        let lines = try run.json([Line].self)
        let checks = Set(lines.map(\.check))
        for check in (DoctorRound.ofServer + DoctorRound.ofHub).map({ type(of: $0).name }) + ["schema"] {
            #expect(checks.contains(check))
        }
        #expect(
            lines.filter { $0.level == "skipped" }.map(\.check)
                == [
                    "people", "mobile numbers", "directory", "number quality", "credentials", "certificates", "client secrets",
                    "enreach", "dynamics", "solution",
                ])
        #expect(lines.first { $0.check == "directory" }?.found == "never read")
        #expect(!lines.contains { $0.found.contains("could not be looked at") })
        // The test cluster runs without fsync, and no worker runs.
        #expect(lines.filter { $0.level == "failure" }.map(\.check) == ["server", "workers"])
        #expect(run.status == 1)
    }

    @Test func `who holds the oldest snapshot is named`() async throws {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.withTransaction(.init(isolation: .repeatableRead)) { connection in
            let pid = try await connection.query(
                Statement("", "SELECT pg_backend_pid() FROM hub.tenant UNION ALL SELECT pg_backend_pid()"))[0]
                .decode(Int32.self)
            let lines = try await CommandRun.of("doctor", "--format", "json", database: url).json([Line].self)
            let snapshot = lines.first { $0.check == "snapshots" }
            #expect(snapshot?.found.contains("session \(pid) of postgres (tests)") == true)
        }
        await database.close()
    }

    @Test func `without a schema the doctor says so and stops there`() async throws {
        let url = try await TestCluster.shared.empty()
        let run = try await CommandRun.of("doctor", database: url)
        #expect(run.status == 1)
        #expect(run.output.contains("run `trunkline migrate`"))
        #expect(!run.output.contains("watermarks"))
    }
}
