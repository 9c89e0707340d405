import Postgres
import TestSupport
import Testing

/// Who may see and do what, tried as each role. `EXPLAIN` checks rights like the statement itself.
@Suite(.database) struct PrivacyRightsTests {
    private static let refused: [(role: String, sql: String)] =
        ["report", "monitor", "console"].map { ($0, "EXPLAIN SELECT * FROM hub.erased_number") }
        + ["call_sync", "callback_sync", "user_sync", "router", "operator", "console"].flatMap { role in
            [
                (role, "EXPLAIN INSERT INTO hub.erased_number SELECT * FROM hub.erased_number"),
                (role, "EXPLAIN DELETE FROM hub.erased_number"), (role, "EXPLAIN UPDATE hub.erasure SET counts = '{}'"),
                (role, "EXPLAIN DELETE FROM hub.erasure"), (role, "EXPLAIN UPDATE hub.tenant SET erasure_version = 0"),
            ]
        }
        + ["call_sync", "callback_sync", "user_sync", "router", "console", "report", "monitor"].flatMap { role in
            [
                (role, "SELECT hub.begin_erasure(1, gen_random_uuid(), '{}', '', 'me', '', false)"),
                (role, "SELECT hub.erase_calls(1, gen_random_uuid(), current_date, '358501234567', '501234567', '{}')"),
                (role, "SELECT hub.number_rows(1, 'hub.call', '358501234567', '501234567', '{}')"),
                (role, "SELECT hub.lift_erasure(1, '{}', 'me', '')"),
            ]
        }
        + [
            ("report", "EXPLAIN SELECT * FROM hub.erasure"), ("monitor", "EXPLAIN SELECT * FROM report.erasures"),
            ("operator", "EXPLAIN UPDATE hub.erasure_item SET outcome = 'deleted'"),
            ("operator", "SELECT hub.erase_stories(1, 'call', '{}')"),
            ("operator", "SELECT hub.forget_actions(1, '1 month')"),
        ]

    @Test(arguments: refused) func `a role can't do what it needn't`(attempt: (role: String, sql: String)) async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_" + attempt.role, maximumConnections: 1)
        let error = await #expect(throws: PostgresError.self) { try await database.query(Statement("", attempt.sql)) }
        #expect(error?.code == .insufficientPrivilege, "\(attempt)")
        await database.close()
    }

    private static let allowed: [(role: String, sql: String)] =
        ["call_sync", "callback_sync", "user_sync", "router", "operator"].map {
            ($0, "SELECT digest, key_id FROM hub.erased_number")
        }
        + [
            ("call_sync", "EXPLAIN UPDATE hub.erasure_item SET outcome = 'deleted', settled_at = now()"),
            ("callback_sync", "SELECT hub.erase_stories(1, 'callback', '{}')"),
            ("call_sync", "SELECT hub.forget_actions(1, '1 month')"),
            ("callback_sync", "SELECT hub.forget_dead_jobs(1, '1 day')"),
            ("report", "SELECT * FROM report.erasures"), ("console", "EXPLAIN SELECT * FROM hub.erasure"),
            ("operator", "SELECT hub.number_count(1, 'hub.call', '358501234567', '501234567', '{}')"),
        ]

    @Test(arguments: allowed) func `a role can do what it needs`(attempt: (role: String, sql: String)) async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_" + attempt.role, maximumConnections: 1)
        _ = try await database.query(Statement("", attempt.sql))
        await database.close()
    }

    @Test func `an operator erases only within an erasure that is noted`() async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_operator", maximumConnections: 1)
        for sql in [
            "SELECT hub.erase_calls(1, gen_random_uuid(), current_date, '358501234567', '501234567', '{}')",
            "SELECT hub.erase_texts(1, gen_random_uuid(), 'hub.setting', '358501234567', '501234567', '{}', '{}')",
            "SELECT hub.finish_erasure(1, gen_random_uuid(), now(), '{}', '{}', '', 'me')",
        ] {
            let error = await #expect(throws: PostgresError.self) { try await database.query(Statement("", sql)) }
            #expect(error?.message == "there is no such erasure under way")
        }
        await database.close()
    }
}
