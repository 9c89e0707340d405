import CallSync
import Foundation
import Postgres
import Runtime
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

/// Each check with the thing broken that it looks at.
@Suite(.database) struct DoctorTroubleTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        let check: any DoctorCheck
        /// What breaks it; run as the owner in a database with one tenant, `acme`, that is well.
        let sql: String
        let level: Finding.Level
        /// What the finding says.
        let text: String

        var testDescription: String { "\(type(of: check).name): \(text)" }
    }

    static let well = """
        INSERT INTO hub.tenant (name, region, people_at) VALUES ('acme', 'FI', now());
        """

    static let troubles: [Trouble] = [
        Trouble(
            check: SlotsCheck(), sql: "SELECT pg_create_physical_replication_slot('doctor_' || pg_backend_pid(), true)",
            level: .warning, text: "nobody reads the replication slot doctor_"),
        Trouble(
            check: BalanceCheck(),
            sql: "INSERT INTO hub.call_intake (tenant_id, call_day, seen) SELECT tenant_id, current_date, 3 FROM hub.tenant",
            level: .failure, text: "3 calls came in, 3 of them are in no state"),
        Trouble(
            check: SchedulesCheck(),
            sql: """
                SELECT hub.schedule_set((SELECT tenant_id FROM hub.tenant), 'calls.poll', 'calls.poll', 'calls', 0::smallint, 5::smallint,
                    '{}', '1 minute', NULL, 'UTC', false, false);
                UPDATE hub.schedule SET next_at = now() - interval '10 minutes'
                """,
            level: .warning, text: "calls.poll of acme should have begun 10 min ago"),
        Trouble(
            check: ProgramsCheck(), sql: "SELECT 1", level: .warning, text: "no user-sync runs, and people"),
        Trouble(
            check: ProgramsCheck(),
            sql: """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT tenant_id, 1, 'x', 1, 'test' FROM hub.tenant
                """,
            level: .warning, text: "no router runs, and there are routing rules"),
        Trouble(
            check: BackfillsCheck(),
            sql: """
                INSERT INTO hub.backfill (tenant_id, from_at, to_at, read_until, requested_by, error_text)
                SELECT tenant_id, now() - interval '2 days', now() - interval '1 day', now() - interval '2 days', 'jane', 'no right' FROM hub.tenant
                """,
            level: .warning, text: "of acme can't go on: no right"),
        Trouble(
            check: BackfillsCheck(),
            sql: """
                INSERT INTO hub.backfill (tenant_id, from_at, to_at, read_until, requested_by, state, changed_at)
                SELECT tenant_id, now() - interval '20 days', now() - interval '19 days', now() - interval '20 days', 'jane', 'paused',
                       now() - interval '8 days' FROM hub.tenant
                """,
            level: .warning, text: "is paused for 8 d"),
        Trouble(
            check: ErasuresCheck(),
            sql: """
                INSERT INTO hub.erasure (tenant_id, erasure_id, number_digest, key_id, requested_at, requested_by, why, keep_dynamics)
                SELECT tenant_id, gen_random_uuid(), decode(repeat('00', 32), 'hex'), repeat('0', 16), now() - interval '2 hours', 'jane', 'asked', false
                FROM hub.tenant
                """,
            level: .failure, text: "of acme was begun 2 h 00 min ago and is not done"),
        Trouble(
            check: OperatorsCheck(),
            sql: """
                INSERT INTO hub.instance (instance_id, program, version, host, pid) VALUES (gen_random_uuid(), 'console', '1', 'host', 1)
                """,
            level: .warning, text: "no operator is its administrator"),
        Trouble(
            check: OperatorsCheck(),
            sql: """
                INSERT INTO hub.operator (name, role, created_by, failures, locked_until)
                VALUES ('jane', 'administrator', 'test', 6, now() + interval '1 minute')
                """,
            level: .warning, text: "jane gave wrong passwords"),
        Trouble(
            check: TenantsCheck(), sql: "UPDATE hub.tenant SET enabled = false", level: .warning, text: "acme is switched off"),
        Trouble(
            check: TenantsCheck(), sql: "UPDATE hub.tenant SET people_at = NULL", level: .failure,
            text: "the people of acme were never read"),
        Trouble(
            check: TenantsCheck(), sql: "UPDATE hub.tenant SET people_at = now() - interval '3 days'", level: .warning,
            text: "were last read 3 d 00 h ago"),
        Trouble(
            check: SettingsCheck(),
            sql: "SELECT hub.change_setting(tenant_id, 'CallDurationLimit', 'many', 'jane') FROM hub.tenant", level: .warning,
            text: "acme: setting CallDurationLimit"),
        Trouble(
            check: PeopleCheck(),
            sql: """
                INSERT INTO hub.enreach_user (tenant_id, enreach_user_id, full_name, match_state, match_reason)
                SELECT tenant_id, gen_random_uuid(), 'x', state, 'none' FROM hub.tenant, unnest('{unmatched,unmatched,ambiguous}'::text[]) AS state
                """,
            level: .warning, text: "acme: 2 users of Enreach are matched to nobody in Dynamics, 1 to several"),
        Trouble(
            check: MobileNumbersCheck(),
            sql: """
                INSERT INTO hub.person (tenant_id, system_user_id, enreach_user_id, full_name)
                SELECT tenant_id, gen_random_uuid(), gen_random_uuid(), 'x' FROM hub.tenant
                """,
            level: .warning, text: "acme: 1 of 1 matched users have no mobile number"),
        Trouble(
            check: DirectoryCheck(),
            sql: """
                INSERT INTO hub.directory_load (tenant_id, entry_table, phase, tracked_at)
                SELECT tenant_id, 'contact', 'tracking', now() - interval '2 hours' FROM hub.tenant
                """,
            level: .failure, text: "contact of acme (tracking) was last heard of 2 h 00 min ago"),
        Trouble(
            check: NumberQualityCheck(),
            sql: """
                INSERT INTO hub.directory_load (tenant_id, entry_table, phase, tracked_at, rows_read, entries, unreadable)
                SELECT tenant_id, 'contact', 'tracking', now(), 100, 100, 12 FROM hub.tenant
                """,
            level: .warning, text: "contact of acme: 12 texts in columns for phone numbers can't be read, of 100 rows"),
        Trouble(
            check: AmbiguousNumbersCheck(),
            sql: """
                INSERT INTO hub.directory_ambiguity (tenant_id, number, calls, candidates, first_at, last_at)
                SELECT tenant_id, '+358401234567', 7, 2, now(), now() FROM hub.tenant
                """,
            level: .warning, text: "acme: 7 calls of 1 numbers"),
        Trouble(
            check: CallbackProfilesCheck(),
            sql: """
                INSERT INTO hub.callback_profile (tenant_id, profile_id, source, name, changed_by, problem)
                SELECT tenant_id, gen_random_uuid(), 'hub', 'Sales', 'jane', 'its queue is gone' FROM hub.tenant
                """,
            level: .failure, text: "profile Sales of acme takes nothing in: its queue is gone"),
        Trouble(
            check: BudgetCheck(),
            sql:
                "INSERT INTO hub.dataverse_budget (tenant_id, blocked_until) SELECT tenant_id, now() + interval '2 minutes' FROM hub.tenant",
            level: .warning, text: "Dynamics holds all requests of acme back for another 2 min"),
        Trouble(
            check: RoutingRulesCheck(),
            sql: """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT tenant_id, 1, 'rules: [', 1, 'test' FROM hub.tenant
                """,
            level: .failure, text: "the rules of acme, version 1, can't be used"),
        Trouble(
            check: RoutingKeysCheck(),
            sql: """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT tenant_id, 1, 'x', 1, 'test' FROM hub.tenant
                """,
            level: .failure, text: "acme has routing rules and no valid key"),
        Trouble(
            check: RoutingKeysCheck(),
            sql: """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT tenant_id, 1, 'x', 1, 'test' FROM hub.tenant;
                INSERT INTO hub.api_key (tenant_id, name, digest, created_by, expires_at)
                SELECT tenant_id, 'one', decode(repeat('00', 32), 'hex'), 'jane', now() + interval '3 days 1 minute' FROM hub.tenant
                """,
            level: .warning, text: "the last key of acme ends in 3 d"),
    ]

    private func patient(_ database: Database) throws -> Patient {
        Patient(
            database: database, now: Date(),
            programs: try ProgramConfiguration.load(
                schema: .callSync, file: nil, flags: ["database.url": "postgresql://nowhere"], environment: [:]),
            noFile: "", asksVendors: false, outbound: OutboundClients())
    }

    @Test(arguments: troubles) func `what is broken is named, and what to do`(trouble: Trouble) async throws {
        let fresh = try await TestDatabase.current.fresh()
        let owner = fresh.connect(maximumConnections: 1)
        try await owner.withConnection { try await $0.run(script: Self.well) }
        let operators = fresh.connect(as: "trunkline_operator", maximumConnections: 1)
        let before = try await trouble.check.findings(patient(operators))
        #expect(!before.contains { $0.text.contains(trouble.text) } || trouble.sql == "SELECT 1")
        try await owner.withConnection { try await $0.run(script: trouble.sql) }
        let findings = try await trouble.check.findings(patient(operators))
        let found = findings.first { $0.text.contains(trouble.text) }
        #expect(found?.level == trouble.level, "\(findings)")
        #expect(found?.remedy?.isEmpty == false)
        try await owner.withConnection {
            try await $0.run(
                script:
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'doctor_' || pg_backend_pid()"
            )
        }
        await operators.close()
        await owner.close()
    }

    @Test func `figures are judged by their bounds`() {
        #expect(ClockCheck.judge(0.4).level == .ok)
        #expect(ClockCheck.judge(-3).level == .warning)
        #expect(ClockCheck.judge(600).level == .failure)
        #expect(ClockCheck.judge(600).text.contains("10 min ahead of"))
        #expect(ReplicasCheck.judge("b", "streaming", seconds: 1, bytes: 100) == nil)
        #expect(ReplicasCheck.judge("b", "streaming", seconds: 45, bytes: 0)?.level == .warning)
        #expect(ReplicasCheck.judge("b", "catchup", seconds: 0, bytes: 32 << 30)?.level == .failure)
        #expect(TransactionIDsCheck.judge(age: 200_000_000) == nil)
        #expect(TransactionIDsCheck.judge(age: 700_000_000)?.level == .warning)
        #expect(TransactionIDsCheck.judge(age: 1_700_000_000)?.level == .failure)
        #expect(BloatCheck.judge("call", nil, bytes: 8 << 30, spare: 1 << 29) == nil)
        #expect(BloatCheck.judge("call", "call_pkey", bytes: 4 << 30, spare: 3 << 30)?.remedy?.contains("REINDEX") == true)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happened: 10, lost: 10) == nil)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happened: 100, lost: 30)?.level == .warning)
        #expect(WebhooksCheck.judge("acme", "CallEnded", happened: 100, lost: 100)?.level == .failure)
        let now = Date()
        #expect(CertificatesCheck.judge("acme", file: "f", end: now.addingTimeInterval(86_400 * 90), now: now) == nil)
        #expect(CertificatesCheck.judge("acme", file: "f", end: now.addingTimeInterval(86_400), now: now)?.level == .warning)
        #expect(CertificatesCheck.judge("acme", file: "f", end: now.addingTimeInterval(-1), now: now)?.level == .failure)
        #expect(CertificatesCheck.judge("acme", file: "f", end: nil, now: now)?.level == .failure)
    }
}
