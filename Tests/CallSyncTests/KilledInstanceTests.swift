import Foundation
import Postgres
import TestSupport
import Testing

@testable import Rehearsal

/// Real instances at the settings they are shipped with, one of which is killed by SIGKILL in the middle of its work.
@Suite(.serialized, .timeLimit(.minutes(5))) struct KilledInstanceTests {
    private struct Scenario: Encodable {
        let name = "busy-morning"
        let calls: Int
        let mode = "past"
    }

    private struct Fault: Encodable {
        let kind = "slow"
        let rate = 1.0
        let side: String
        let path: String
        let seconds: Double
    }

    private struct Faults: Encodable {
        let faults: [Fault]
    }

    private func withHub(calls: Int, settings: [String: String], _ body: (RehearsedHub) async throws -> Void) async throws {
        var options = RehearsedHub.Options()
        options.programs = try BuiltProgram.folder()
        options.sandboxArguments = ["--visible-after", "0"]
        try await RehearsedHub.use(options) { hub in
            let answer = try await hub.door.post("/admin/scenario", Scenario(calls: calls))
            let summary = try JSONDecoder().decode(MorningScenario.Summary.self, from: answer)
            let all = settings.merging(["DefaultCrmAssignee": summary.defaultCrmAssignee]) { given, _ in given }
            for (setting, value) in all {
                try await HubDatabase.change(setting, to: value, in: hub.database, tenant: RehearsedHub.tenant)
            }
            try await body(hub)
        }
    }

    private func slow(_ hub: RehearsedHub, _ side: String, path: String, seconds: Double) async throws {
        try await hub.door.post("/admin/faults", Faults(faults: [Fault(side: side, path: path, seconds: seconds)]))
    }

    private func value<T: PostgresDecodable>(_ hub: RehearsedHub, _ sql: String, as: T.Type = T.self) async throws -> T {
        try await hub.database.query(Statement("", sql))[0][0].decode(T.self)
    }

    /// Nothing waits, nothing is dead, and Dynamics has each call once, as it should be.
    private func isWhole(_ hub: RehearsedHub) async throws -> Bool {
        let counts = try await CallCounts.read(from: hub.database)
        let verdict: Verdict = try await hub.door.get("/admin/verdict")
        return counts.balanced && counts.pending == 0 && counts.dead == 0 && counts.written > 0 && verdict.isClean
    }

    @Test func itsJobsAreTakenOverWithin20Seconds() async throws {
        try await withHub(calls: 40, settings: ["PollInterval": "1"]) { hub in
            try await slow(hub, "dataverse", path: "batch", seconds: 300)
            let victim = try hub.startInstance()
            try await victim.ready()
            let writing = """
                SELECT coalesce(array_agg(l.id), '{}') FROM hub.job_lease l JOIN hub.job_kind k USING (kind_id) WHERE k.name = 'call.write'
                """
            var held: [Int64] = []
            try await eventually("it writes") {
                held = try await value(hub, writing)
                return !held.isEmpty
            }
            let heir = try hub.startInstance()
            try await heir.ready()
            try await hub.door.delete("/admin/faults")
            victim.kill()
            let killed: Date = try await value(hub, "SELECT clock_timestamp()")
            let claims = """
                SELECT id, claimed_at FROM hub.job_done WHERE id = ANY ($1) AND claimed_at > $2
                UNION ALL SELECT id, claimed_at FROM hub.job_lease WHERE id = ANY ($1) AND claimed_at > $2
                """
            var claimed: [Int64: Date] = [:]
            try await eventually(within: .seconds(180), "all that it held is done") {
                for row in try await hub.database.query(Statement("", claims), [held, killed]) {
                    let (id, at) = try row.decode(Int64.self, Date.self)
                    claimed[id] = min(at, claimed[id] ?? .distantFuture)
                }
                return try await isWhole(hub)
            }
            #expect(Set(claimed.keys) == Set(held))
            for (id, at) in claimed {
                #expect(at.timeIntervalSince(killed) < 20, "job \(id) after \(at.timeIntervalSince(killed)) s")
            }
        }
    }

    private struct Backfill: Decodable {
        let state: String
        let percent: Double
        let ends_at: String?
    }

    private func backfill(_ hub: RehearsedHub) async throws -> Backfill {
        let text = try await hub.command(["backfill", "status", "--format", "json"])
        return try JSONDecoder().decode([Backfill].self, from: Data(text.utf8))[0]
    }

    @Test func aBackfillGoesOnWhereItWas() async throws {
        let settings = ["PollInterval": "3600", "InitialLookBack": "0", "BackfillSlice": "5"]
        try await withHub(calls: 300, settings: settings) { hub in
            let victim = try hub.startInstance()
            try await victim.ready()
            try await eventually("people are known") { try await value(hub, "SELECT EXISTS (SELECT FROM hub.person)") }
            #expect(try await value(hub, "SELECT count(*) FROM hub.call", as: Int.self) == 0)
            try await slow(hub, "enreach", path: "calls", seconds: 0.1)
            let start = Date.now.addingTimeInterval(-6 * 3600).formatted(.iso8601)
            _ = try await hub.command(["backfill", "--from", start, "--to", Date.now.formatted(.iso8601)])
            try await eventually("it has brought calls") { try await value(hub, "SELECT seen > 50 FROM hub.backfill") }
            victim.kill()
            let before = try await backfill(hub)
            #expect(before.state == "running" && before.percent > 0 && before.percent < 100 && before.ends_at != nil)
            let heir = try hub.startInstance()
            try await heir.ready()
            try await hub.door.delete("/admin/faults")
            try await eventually(within: .seconds(180), "everything is read and written") {
                guard try await backfill(hub).state == "done" else { return false }
                return try await isWhole(hub)
            }
            #expect(try await value(hub, "SELECT read_until = to_at AND running_since IS NULL FROM hub.backfill"))
            #expect(try await backfill(hub).ends_at == nil)
        }
    }
}
