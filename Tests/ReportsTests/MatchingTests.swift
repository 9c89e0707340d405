import Foundation
import Postgres
import Reports
import TestSupport
import Testing

/// Whom calls are regarding, and the numbers that nobody has or several.
@Suite(.database) struct MatchingTests {
    @Test func `calls are counted by how the other party was looked for`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...10)
            try await hub.change(
                1...3,
                "state = 'written', written_at = now(), match_rule = 'only_entry', regarding_table = 'contact', regarding_id = md5('x')::uuid"
            )
            try await hub.change(4...5, "state = 'adopted', written_at = now(), match_rule = 'unknown'")
            try await hub.change(6...6, "state = 'written', written_at = now(), match_rule = 'local_ambiguous'")
            try await hub.change(7...7, "state = 'written', written_at = now(), match_rule = 'no_number', other_number = NULL")
            try await hub.change(8...8, "state = 'written', written_at = now()")
            #expect(
                try await hub.view("SELECT outcome, match_rule, calls FROM report.matching_by_day ORDER BY 1, 2")
                    == [
                        "ambiguous|local_ambiguous|1", "linked|only_entry|3", "nobody|no_number|1", "not looked for||1",
                        "unmatched|unknown|2",
                    ])
            let rows = try await hub.report("matching")
            #expect(try rows.map { try $0.decode("percent", as: Double.self) }.reduce(0, +) == 100)
        }
    }

    @Test func `a call stands among the unmatched until it is linked, private or gone`() async throws {
        try await ReportHub.with { hub in
            try await hub.addCalls(1...4)
            try await hub.change(1...4, "state = 'written', written_at = now(), match_rule = 'unknown', other_number = '+358401'")
            #expect(try await hub.report("unmatched").map { try $0.decode("calls", as: Int64.self) } == [4])
            try await hub.change(1...1, "match_rule = 'only_entry', regarding_table = 'lead', regarding_id = md5('x')::uuid")
            try await hub.change(
                2...2, "privacy = 'private', other_number = NULL, state = 'withdrawn', reason = 'withdrawn_deleted'")
            try await hub.run("DELETE FROM hub.call WHERE call_id = md5('call 3')::uuid")
            #expect(
                try await hub.view("SELECT number, call_id = md5('call 4')::uuid FROM report.unmatched_calls") == ["+358401|true"]
            )
            // Late data about it changes nothing.
            try await hub.change(4...4, "recording_ids = ARRAY[md5('r')::uuid], content_version = 2")
            #expect(try await hub.view("SELECT count(*) FROM report.unmatched_calls") == ["1"])
        }
    }

    @Test func `ambiguous numbers stand with their traffic until somebody decides`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                INSERT INTO hub.directory_ambiguity (tenant_id, number, calls, candidates, first_at, last_at)
                VALUES (1, '+358401', 3, 2, now() - interval '9 days', now()), (1, '+358402', 8, 4, now() - interval '90 days', now() - interval '80 days')
                """)
            #expect(try await hub.report("ambiguous").map { try $0.decode("number", as: String.self) } == ["+358401"])
            let all = try await hub.report("ambiguous", since: .span(#require(Span("100 days"))))
            #expect(try all.map { try $0.decode("calls", as: Int64.self) } == [8, 3])
        }
    }

    @Test func `people without a match are shown from both sides`() async throws {
        try await ReportHub.with { hub in
            try await hub.run(
                """
                INSERT INTO hub.person (tenant_id, system_user_id, full_name, email, disabled, match_state, match_reason, candidates) VALUES
                    (1, md5('a')::uuid, 'A', 'a@example.com', false, 'matched', 'email', '{}'),
                    (1, md5('b')::uuid, 'B', 'b@example.com', false, 'unmatched', 'no_enreach_user', '{}'),
                    (1, md5('c')::uuid, 'C', 'c@example.com', true, 'unmatched', 'disabled', '{}'),
                    (1, md5('d')::uuid, 'D', NULL, false, NULL, NULL, ARRAY[md5('x')::uuid, md5('y')::uuid]);
                INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, email, match_state, match_reason, gone_at) VALUES
                    (1, md5('e')::uuid, 'E', 'e@example.com', 'unmatched', 'no_dynamics_user', NULL),
                    (1, md5('f')::uuid, 'F', 'f@example.com', 'unmatched', 'no_dynamics_user', now());
                """)
            #expect(
                try await hub.view("SELECT side, name, state, reason, candidates FROM report.people_without_match ORDER BY name")
                    == ["dynamics|B|unmatched|no_enreach_user|0", "dynamics|D|-|-|2", "enreach|E|unmatched|no_dynamics_user|0"])
            #expect(try await hub.report("matched-people").count == 4)
        }
    }
}
