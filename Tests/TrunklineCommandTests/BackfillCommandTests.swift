import Postgres
import TestSupport
import Testing

@Suite(.database) struct BackfillCommandTests {
    private struct Backfill: Decodable {
        var backfill: Int64
        var state: String
        var percent: Double
    }

    private func jobs(_ database: Database) async throws -> Int64 {
        try await database.query(
            Statement("", "SELECT count(*) FROM hub.jobs WHERE kind = 'calls.backfill' AND state <> 'cancelled'"))[0].decode(
                Int64.self)
    }

    @Test func `a backfill is started, paused, resumed and cancelled, and the job of the resume waits for the earlier one`()
        async throws
    {
        let url = try await OperatorLogin.url()
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        #expect(try await CommandRun.of("tenants", "add", "acme", database: url).status == 0)
        #expect(try await CommandRun.of("backfill", "--from", "2026-01-01", "--to", "2026-02-01", database: url).status == 0)
        #expect(try await jobs(database) == 1)

        func state() async throws -> [String] {
            try await CommandRun.of("backfill", "status", "--format", "json", database: url).json([Backfill].self).map(\.state)
        }
        #expect(try await state() == ["running"])
        #expect(try await CommandRun.of("backfill", "resume", "1", database: url).errors == "trunkline: backfill 1 is running")
        #expect(try await CommandRun.of("backfill", "pause", "1", database: url).status == 0)
        #expect(try await state() == ["paused"])
        #expect(try await CommandRun.of("backfill", "resume", "1", database: url).status == 0)
        #expect(try await jobs(database) == 2)
        #expect(
            try await database.query(
                Statement(
                    "", "SELECT count(*) FROM hub.job_wait w JOIN hub.job_kind k USING (kind_id) WHERE k.name = 'calls.backfill'")
            )[0][0].decode(Int64.self) == 1)
        #expect(try await CommandRun.of("backfill", "cancel", "1", database: url).status == 0)
        #expect(try await state() == ["cancelled"])
        #expect(try await CommandRun.of("backfill", "cancel", "2", database: url).errors == "trunkline: there is no backfill 2")
        await database.close()
    }
}
