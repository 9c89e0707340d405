import Postgres
import TestSupport
import Testing

@testable import Jobs

@Suite(.database) struct JobStoreTests {
    @Test func everyStatementFitsTheSchema() async throws {
        let database = try TestDatabase.current.connect()
        try await database.withConnection { connection in
            for statement in JobStore.statements {
                do {
                    try await connection.run(script: "PREPARE check_\(statement.name) AS \(statement.sql)")
                } catch {
                    Issue.record("\(statement.name): \(error)")
                }
            }
        }
        await database.close()
    }

    @Test(arguments: ["trunkline_call_sync", "trunkline_user_sync", "trunkline_callback_sync"])
    func aProgramMayWorkAndNothingElse(role: String) async throws {
        let own = try await TestDatabase.current.fresh()
        let database = own.connect(as: role)
        let table = JobTable(database)
        let worker = try await table.enter()
        try await table.add(key: "x", unique: "u")
        try await table.add(key: "x", newestOnly: true)
        try await table.complete(worker, try await table.claim(worker))
        try await table.fail(worker, try await table.claim(worker), "dead")
        for chore in [
            "job_tend()", "job_count()", "job_compact()", "job_partitions(NULL)", "job_rescue()", "job_promote()", "job_fire()",
            "job_hand_on()",
        ] {
            try await table.script("SELECT hub.\(chore)")
        }
        // Who keeps house drops old history; user-sync does not.
        if role == "trunkline_user_sync" {
            await #expect(throws: PostgresError.self) { try await table.script("SELECT hub.job_partitions(30)") }
        } else {
            try await table.script("SELECT hub.job_partitions(30)")
        }
        try await table.script("SELECT hub.job_leave($1)", [worker])
        for forbidden in [
            "TRUNCATE hub.job_ready", "UPDATE hub.job_done SET note = 'x'", "DELETE FROM hub.job_done",
            "DELETE FROM hub.job_dead",
            "SELECT hub.job_hold('a', NULL, 'x')", "SELECT hub.job_cancel('{1}', 'x')", "DELETE FROM hub.job_pause",
            "DROP TABLE hub.job_ready",
        ] {
            await #expect(throws: PostgresError.self, "\(forbidden)") { try await table.script(forbidden) }
        }
        await database.close()
    }

    @Test func anOperatorMayRetryCancelAndPause() async throws {
        let own = try await TestDatabase.current.fresh()
        let database = own.connect(as: "trunkline_operator")
        let superuser = own.connect()
        let table = JobTable(superuser)
        let admin = JobAdmin(database: database)
        let worker = try await table.enter()
        let dead = try await table.add("a", key: "x")
        try await table.fail(worker, try await table.claim(worker), "dead")
        let waiting = try await table.add("a", key: "x")
        #expect(try await admin.retry([dead]) == [dead])
        #expect(try await admin.cancel([waiting], reason: "not needed") == [waiting])
        #expect(try await admin.show(waiting)?.state == "cancelled")
        #expect(try await admin.show(waiting)?.note == "not needed")
        #expect(try await admin.show(999_999) == nil)
        try await admin.pause(kind: "a", reason: "maintenance", by: "me")
        #expect(try await admin.pauses().map(\.kind) == ["a"])
        #expect(try await admin.list(JobFilter(states: ["held"])).map(\.id) == [dead])
        _ = try await table.claim(worker)
        #expect(try await admin.resume(kind: "a") == 1)
        #expect(try await admin.workers().map(\.id) == [worker])
        try await table.script("SELECT hub.job_count()")
        #expect(try await admin.counts().map(\.jobs) == [1])
        await #expect(throws: PostgresError.self) {
            try await JobTable(database).script("SELECT hub.job_claim(1, 1::smallint, 1, '{}', '{}', '{}', '{}')")
        }
        await database.close()
        await superuser.close()
    }

    @Test func whatCannotBeNotedIsNotDone() async throws {
        let database = try await TestDatabase.current.fresh().connect()
        let table = JobTable(database)
        let admin = JobAdmin(database: database)
        let worker = try await table.enter()
        let dead = try await table.add("a")
        try await table.fail(worker, try await table.claim(worker), "dead")
        struct Refused: Error {}
        await #expect(throws: Refused.self) { _ = try await admin.retry([dead]) { _, _ in throw Refused() } }
        await #expect(throws: Refused.self) { _ = try await admin.cancel([dead], reason: "test") { _, _ in throw Refused() } }
        #expect(try await table.state(dead) == "dead")
        await #expect(throws: Refused.self) {
            try await admin.pause(kind: "a", reason: "test", by: "me") { _ in throw Refused() }
        }
        #expect(try await admin.pauses().isEmpty)
        try await admin.pause(kind: "a", reason: "test", by: "me")
        await #expect(throws: Refused.self) { try await admin.resume(kind: "a") { _ in throw Refused() } }
        #expect(try await admin.pauses().count == 1)
        #expect(try await admin.resume(kind: "b") { _ in throw Refused() } == nil)
        await database.close()
    }

    @Test(arguments: ["trunkline_router", "trunkline_report", "trunkline_monitor"])
    func othersCannotSeePayloads(role: String) async throws {
        let database = try TestDatabase.current.connect(as: role)
        for table in ["job_ready", "job_done", "job_dead", "jobs"] {
            await #expect(throws: PostgresError.self) { try await JobTable(database).script("SELECT payload FROM hub.\(table)") }
        }
        await database.close()
    }
}
