import Foundation
import Postgres
import TestSupport
import Testing

/// The daily balance, from the tally that triggers keep.
@Suite(.database) struct BalanceTests {
    private static let balance = """
        SELECT seen, written, adopted, skipped, pending, dead, withdrawn, difference, skipped_by_reason FROM report.daily_balance ORDER BY day
        """

    @Test func `counts each call where it stands, before and after the tally is added up`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...10)
            try await hub.addCalls(11...13, state: "skipped", reason: "too_short")
            try await hub.change(1...4, "state = 'written', written_at = now()")
            try await hub.change(5...5, "state = 'adopted', written_at = now()")
            try await hub.change(6...6, "state = 'dead', reason = 'refused'")
            try await hub.change(4...4, "state = 'withdrawn', reason = 'withdrawn_deleted'")
            try await hub.change(13...13, "reason = 'missed'")
            let expected = ["13|3|1|3|4|1|1|0|{\"missed\": 1, \"too_short\": 2}"]
            #expect(try await hub.view(Self.balance) == expected)
            #expect(try await hub.value("SELECT count(*) FROM hub.call_tally", as: Int64.self) > 7)

            try await hub.countHistory()
            #expect(try await hub.view(Self.balance) == expected)
            // One row for each state and reason.
            #expect(try await hub.value("SELECT count(*) FROM hub.call_tally", as: Int64.self) == 7)
        }
    }

    @Test func `what is rolled back was never counted`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...2)
            await #expect(throws: PostgresError.self) {
                try await hub.run("UPDATE hub.call SET state = 'dead', reason = 'refused'; SELECT 1 / 0")
            }
            #expect(try await hub.view(Self.balance) == ["2|0|0|0|2|0|0|0|{}"])
        }
    }

    @Test func `a call that is lost shows as a difference`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...3)
            try await hub.run("DELETE FROM hub.call WHERE call_id = md5('call 2')::uuid")
            #expect(try await hub.view("SELECT seen, pending, difference FROM report.daily_balance") == ["3|2|1"])
            let rows = try await hub.report("balance")
            #expect(try rows.map { try $0.decode("difference", as: Int64.self) } == [1])
        }
    }

    @Test func `days from before the tally are counted from the calls until it has them`() async throws {
        try await ReportHub.with { hub in
            try await hub.run("ALTER TABLE hub.call DISABLE TRIGGER USER")
            try await hub.addCalls(1...5)
            try await hub.change(5...5, "state = 'written', written_at = now(), match_rule = 'unknown'")
            try await hub.run("UPDATE hub.call_intake SET tallied = false; ALTER TABLE hub.call ENABLE TRIGGER USER")
            // From here on as in the life of an upgraded hub.
            try await hub.change(1...2, "state = 'written', written_at = now(), match_rule = 'only_entry'")
            #expect(try await hub.view(Self.balance) == ["5|3|0|0|2|0|0|0|{}"])

            try await hub.countHistory()
            #expect(try await hub.value("SELECT bool_and(tallied) FROM hub.call_intake", as: Bool.self))
            #expect(try await hub.view(Self.balance) == ["5|3|0|0|2|0|0|0|{}"])
            #expect(try await hub.view("SELECT count(*) FROM report.unmatched_calls") == ["1"])
            try await hub.change(3...3, "state = 'skipped', reason = 'blocked'")
            #expect(try await hub.view(Self.balance) == ["5|3|0|1|1|0|0|0|{\"blocked\": 1}"])
        }
    }

    /// Writers, rollbacks, days being tallied and sums being made, all at once.
    @Test func `the tally is what a count of the calls says, whoever writes at once`() async throws {
        try await ReportHub.with { hub in
            try await hub.run("ALTER TABLE hub.call DISABLE TRIGGER USER")
            try await hub.addCalls(1...400)
            try await hub.run("UPDATE hub.call_intake SET tallied = false; ALTER TABLE hub.call ENABLE TRIGGER USER")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        for step in 0..<40 {
                            let first = 1 + (writer * 131 + step * 37) % 380
                            let state = [
                                "state = 'written', written_at = now(), match_rule = 'unknown'",
                                "state = 'adopted', written_at = now(), match_rule = 'only_entry'",
                                "state = 'skipped', reason = 'blocked', match_rule = NULL",
                                "privacy = 'private', other_number = NULL",
                            ][(writer + step) % 4]
                            // Each its own stretch, so that no two wait for each other's rows in different orders.
                            let lower = (first / 100) * 100 + writer * 25 + 1
                            try await hub.change(lower...min(lower + 20, 400), state)
                            if step % 5 == 0 {
                                _ = try? await hub.run(
                                    "UPDATE hub.call SET state = 'dead', reason = 'refused' WHERE content_hash % 4 = \(writer) AND content_hash = \(lower); SELECT 1 / 0"
                                )
                            }
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<25 { _ = try await hub.value("SELECT hub.fold_tallies()", as: Int64.self) }
                }
                group.addTask { try await hub.countHistory() }
                try await group.waitForAll()
            }
            try await hub.countHistory()
            let differing = try await hub.value(
                """
                SELECT count(*) FROM (
                    SELECT call_day, state, reason, match_rule, count(*) AS calls FROM hub.call GROUP BY 1, 2, 3, 4
                    EXCEPT SELECT call_day, state, reason, match_rule, sum(calls) FROM hub.call_tally GROUP BY 1, 2, 3, 4
                ) AS missing
                """, as: Int64.self)
            #expect(differing == 0)
            #expect(try await hub.value("SELECT sum(calls)::bigint FROM hub.call_tally", as: Int64.self) == 400)
            let unmatched = try await hub.value(
                """
                SELECT count(*) FROM hub.call c FULL JOIN hub.call_unmatched u USING (call_id)
                WHERE (u.call_id IS NOT NULL) <> (c.match_rule IS NOT DISTINCT FROM 'unknown' AND c.other_number IS NOT NULL AND c.state IN ('written', 'adopted'))
                """, as: Int64.self)
            #expect(unmatched == 0)
        }
    }

    @Test func `forgotten calls leave nothing behind`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...4)
            try await hub.change(1...4, "state = 'written', written_at = now(), match_rule = 'unknown'")
            try await hub.run(
                "ALTER TABLE hub.call DISABLE TRIGGER USER; UPDATE hub.call SET call_day = call_day - 100; ALTER TABLE hub.call ENABLE TRIGGER USER"
            )
            try await hub.run(
                "UPDATE hub.call_intake SET call_day = call_day - 100; UPDATE hub.call_tally SET call_day = call_day - 100")
            try await hub.run("UPDATE hub.call_unmatched SET call_day = call_day - 100")
            #expect(try await hub.value("SELECT hub.forget_calls(1, (now() - interval '50 days')::date)", as: Int32.self) == 4)
            try await hub.countHistory()
            #expect(
                try await hub.value(
                    "SELECT (SELECT count(*) FROM hub.call_tally) + (SELECT count(*) FROM hub.call_unmatched)", as: Int64.self)
                    == 0)
            #expect(try await hub.view(Self.balance).isEmpty)
        }
    }
}
