@testable import TrunklineCommand

/// Troubles of the hub's programs and of their work.
extension Trouble {
    private static let oneJob = """
        INSERT INTO hub.job_queue (name) VALUES ('test') ON CONFLICT DO NOTHING;
        INSERT INTO hub.job_kind (name) VALUES ('call.write') ON CONFLICT DO NOTHING;

        """

    /// A job in one of the tables of jobs, with more columns and their values.
    private static func job(in table: String, _ columns: String, _ values: String) -> String {
        oneJob + """
            INSERT INTO \(table) (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload, \(columns))
            SELECT 1, 1, t.tenant_id, q.queue_id, k.kind_id, 0, 5, '{}', \(values)
            FROM hub.tenant t, hub.job_queue q, hub.job_kind k WHERE q.name = 'test' AND k.name = 'call.write'
            """
    }

    static let ofHub: [Trouble] = [
        Trouble(
            check: WorkersCheck(),
            sql: """
                INSERT INTO hub.worker (program, host, pid, queue_id, slots, lease, expires_at)
                VALUES ('call-sync', 'here', 7, 1, 1, '15 seconds', now() - interval '2 minutes')
                """,
            level: .warning, text: "call-sync on here (pid 7) has not beaten for too long"),
        Trouble(
            check: WorkersCheck(), sql: job(in: "hub.job_lease", "worker_id", "4711"), level: .warning,
            text: "1 jobs are leased to workers that are gone"),
        Trouble(WorkersCheck(), .failure, "no worker runs", isSaidAnyway: true) { _, look in try await look(nil) },
        Trouble(
            check: WaitingJobsCheck(),
            sql: job(in: "hub.job_ready", "enqueued_at", "now() - interval '20 minutes'") + ";\nSELECT hub.job_count()",
            level: .failure, text: "1 of kind call.write wait, the oldest for 20 min"),
        Trouble(
            check: WaitingJobsCheck(), sql: "SELECT hub.job_hold('call.write', tenant_id, 'too many', 'jane') FROM hub.tenant",
            level: .warning, text: "call.write of acme paused by jane"),
        Trouble(
            check: DeadJobsCheck(), sql: job(in: "hub.job_dead", "error", #"'{"code": "0x80040217"}'"#), level: .warning,
            text: "1 of kind call.write: 0x80040217"),
        Trouble(
            check: BalanceCheck(),
            sql: "INSERT INTO hub.call_intake (tenant_id, call_day, seen) SELECT tenant_id, current_date, 3 FROM hub.tenant",
            level: .failure, text: "3 calls came in, 3 of them are in no state"),
        Trouble(
            check: SchedulesCheck(),
            sql: """
                SELECT hub.schedule_set((SELECT tenant_id FROM hub.tenant), 'calls.poll', 'calls.poll', 'calls', 0::smallint, 5::smallint,
                    '{}', '1 minute', NULL, 'UTC', false, false);
                UPDATE hub.schedule SET next_at = now() - interval '2 hours'
                """,
            level: .warning, text: "calls.poll of acme should have begun 2 h 00 min ago"),
        Trouble(ProgramsCheck(), .warning, "no user-sync runs, and people", isSaidAnyway: true) { _, look in try await look(nil)
        },
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
            check: InstancesCheck(),
            sql: """
                INSERT INTO hub.instance (instance_id, program, version, host, pid, seen_at)
                VALUES (gen_random_uuid(), 'call-sync', '1', 'here', 7, now() - interval '5 minutes')
                """,
            level: .warning, text: "call-sync on here (pid 7) was last seen 5 min"),
        Trouble(
            check: InstancesCheck(),
            sql: """
                INSERT INTO hub.instance (instance_id, program, version, host, pid)
                VALUES (gen_random_uuid(), 'call-sync', '1', 'here', 7), (gen_random_uuid(), 'call-sync', '2', 'there', 8)
                """,
            level: .warning, text: "several versions run at once: 1, 2"),
        Trouble(
            check: WatermarksCheck(),
            sql: """
                INSERT INTO hub.watermark (tenant_id, source, modified_until, polled_at)
                SELECT tenant_id, 'calls', now() - interval '3 hours', now() - interval '3 hours' FROM hub.tenant
                """,
            level: .failure, text: "acme: calls last read 3 h 00 min ago"),
    ]
}
