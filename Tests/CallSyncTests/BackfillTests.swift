import FoundationEssentials
import Jobs
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallSync

@Suite(.database, .timeLimit(.minutes(5))) struct BackfillTests {
    private func start(_ hub: TestHub, hours: Double) async throws -> Int64 {
        let id = try await hub.database.query(
            Statement(
                "",
                "INSERT INTO hub.backfill (tenant_id, from_at, to_at, read_until, requested_by) VALUES ($1, $2, $3, $2, 'test') RETURNING backfill_id"
            ),
            [hub.tenant, hub.now.addingTimeInterval(-hours * 3600), hub.now])[0][0].decode(Int64.self)
        try await enqueue(hub, id)
        return id
    }

    private func enqueue(_ hub: TestHub, _ id: Int64) async throws {
        let name = "backfill/\(id)"
        try await JobQueue(database: hub.database).enqueue([
            NewJob(
                kind: JobKinds.backfill, tenant: hub.tenant, payload: JSONBText.backfill(id), key: name, unique: name,
                lane: .backfill,
                queue: JobKinds.queue)
        ])
    }

    private func state(_ hub: TestHub, _ id: Int64) async throws -> String? {
        try await hub.text("SELECT state FROM hub.backfill WHERE backfill_id = \(id)")
    }

    @Test func oldCallsComeInOnceInALaneOfTheirOwn() async throws {
        try await TestHub.with { hub in
            let old = (0..<30).map { hub.call(from: "+35850\(6_000_000 + $0)", ago: Double($0 + 1) * 3600 + 7 * 86_400) }
            let recent = hub.call()
            try await hub.sync()
            #expect(try await hub.state(old[0]) == "unknown" || hub.records(old[0]).count == 1)
            let id = try await start(hub, hours: 24 * 9)
            try await eventually(within: .seconds(180), "everything is read") { try await state(hub, id) == "read" }
            try await hub.quiet()
            for call in old { #expect(hub.records(call).count == 1) }
            #expect(hub.records(recent).count == 1)
            #expect(try await hub.count("SELECT fresh FROM hub.backfill") <= 30)
            #expect(try await hub.count("SELECT seen FROM hub.backfill") >= 31)
            #expect(
                try await hub.count("SELECT count(*) FROM hub.backfill WHERE read_until = to_at AND running_since IS NULL") == 1)
            #expect(
                try await hub.count("SELECT count(DISTINCT lane) FROM hub.jobs WHERE kind = 'call.write' AND lane = 3") == 1)
            #expect(hub.sandbox.dataverse.duplicates().isEmpty)
            #expect(try await hub.isBalanced())
        }
    }

    @Test func itPausesResumesAndCancels() async throws {
        try await TestHub.with { hub in
            let old = hub.call(ago: 5 * 86_400)
            let id = try await start(hub, hours: 0.001)
            try await eventually("the first is read") { try await state(hub, id) == "read" }
            // Paused before it begins: the job ends without reading.
            let second = try await hub.database.query(
                Statement(
                    "",
                    "INSERT INTO hub.backfill (tenant_id, from_at, to_at, read_until, requested_by, state) VALUES ($1, $2, $3, $2, 'test', 'paused') RETURNING backfill_id"
                ), [hub.tenant, hub.now.addingTimeInterval(-6 * 86_400), hub.now.addingTimeInterval(-86_400)])[0][0].decode(
                    Int64.self)
            try await enqueue(hub, second)
            try await hub.quiet()
            #expect(try await hub.state(old) == "unknown")
            try await hub.database.execute(
                Statement("", "UPDATE hub.backfill SET state = 'running' WHERE backfill_id = $1"), [second])
            try await enqueue(hub, second)
            try await eventually("it is read") { try await state(hub, second) == "read" }
            try await hub.quiet()
            #expect(hub.records(old).count == 1)
        }
    }

    @Test func oneThatIsPausedAtWorkStopsReadingAndGoesOnWhereItWas() async throws {
        try await TestHub.with { hub in
            // Between the ends of slices, so that each is read once.
            let old = (0..<4).map { hub.call(from: "+35850\(6_500_000 + $0)", ago: Double($0) * 86_400 + 43_000) }
            hub.sandbox.faults.add(Fault(.slow, on: .enreach, seconds: 0.05, path: "calls"))
            let id = try await start(hub, hours: 24 * 4)
            try await eventually("the first is taken in") { try await hub.count("SELECT seen FROM hub.backfill") >= 1 }
            try await hub.database.execute(Statement("", "UPDATE hub.backfill SET state = 'paused'"))
            try await hub.quiet()
            #expect(try await state(hub, id) == "paused")
            let (seen, until) = try await (
                hub.count("SELECT seen FROM hub.backfill"), hub.text("SELECT read_until::text FROM hub.backfill")
            )
            #expect(seen < old.count)
            #expect(try await hub.state(old[0]) == "unknown")
            let isBetween = "read_until > from_at AND read_until < to_at"
            #expect(try await hub.count("SELECT count(*) FROM hub.backfill WHERE \(isBetween)") == 1)
            // A job that comes all the same reads nothing.
            try await enqueue(hub, id)
            try await hub.quiet()
            #expect(try await hub.text("SELECT read_until::text FROM hub.backfill") == until)
            try await hub.database.execute(Statement("", "UPDATE hub.backfill SET state = 'running'"))
            try await enqueue(hub, id)
            try await eventually(within: .seconds(180), "everything is read") { try await state(hub, id) == "read" }
            try await hub.quiet()
            // None was read twice: it went on where it was.
            #expect(try await hub.count("SELECT seen FROM hub.backfill") == old.count)
            for call in old { #expect(hub.records(call).count == 1) }
        }
    }

    @Test func aCancelledOneStaysCancelled() async throws {
        try await TestHub.with { hub in
            hub.sandbox.faults.add(Fault(.slow, on: .enreach, seconds: 0.02, path: "calls"))
            let id = try await start(hub, hours: 24 * 30)
            try await eventually("it reads") {
                try await hub.count("SELECT count(*) FROM hub.backfill WHERE read_until > from_at") == 1
            }
            try await hub.database.execute(Statement("", "UPDATE hub.backfill SET state = 'cancelled'"))
            try await hub.quiet()
            #expect(try await state(hub, id) == "cancelled")
            #expect(try await hub.count("SELECT count(*) FROM hub.backfill WHERE read_until < to_at") == 1)
        }
    }
}
