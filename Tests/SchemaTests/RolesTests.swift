import Postgres
import TestSupport
import Testing

/// What each role may and may not do, tried as that role. `EXPLAIN` checks rights like the statement itself and changes nothing.
@Suite(.database) struct RolesTests {
    struct Attempt: Sendable, CustomTestStringConvertible {
        var role: String
        var sql: String
        var testDescription: String { "\(role): \(sql)" }

        init(_ role: String, _ sql: String) {
            self.role = "trunkline_" + role
            self.sql = sql
        }
    }

    static let allowed = [
        Attempt("call_sync", "EXPLAIN SELECT * FROM hub.tenant"),
        Attempt("call_sync", "EXPLAIN SELECT * FROM hub.setting"),
        Attempt("call_sync", "EXPLAIN INSERT INTO hub.call SELECT * FROM hub.call"),
        Attempt("call_sync", "EXPLAIN UPDATE hub.call SET state = 'written'"),
        Attempt("call_sync", "EXPLAIN INSERT INTO hub.timeline SELECT * FROM hub.timeline"),
        Attempt("call_sync", "EXPLAIN UPDATE hub.watermark SET polled_at = now()"),
        Attempt("call_sync", "SELECT * FROM hub.settings_at(0)"),
        Attempt("call_sync", "SELECT hub.make_timeline_partitions()"),
        Attempt("call_sync", "SELECT * FROM hub.schema_migration"),
        Attempt("call_sync", "EXPLAIN DELETE FROM hub.job_ready"),
        Attempt("call_sync", "EXPLAIN INSERT INTO hub.job_done SELECT * FROM hub.job_done"),
        Attempt("call_sync", "SELECT hub.job_add('test.role', 0)"),
        Attempt("call_sync", "SELECT * FROM hub.job_tend()"),
        Attempt("call_sync", "SELECT * FROM hub.job_partitions()"),
        Attempt("callback_sync", "SELECT * FROM hub.job_partitions(30)"),
        Attempt("user_sync", "SELECT * FROM hub.job_partitions(NULL)"),
        Attempt("user_sync", "EXPLAIN UPDATE hub.schedule SET enabled = true"),
        Attempt("operator", "EXPLAIN SELECT * FROM hub.jobs"),
        Attempt("operator", "SELECT hub.job_add('test.role', 0)"),
        Attempt("operator", "SELECT hub.job_retry('{1}')"),
        Attempt("operator", "SELECT hub.job_cancel('{1}', 'test')"),
        Attempt("operator", "SELECT hub.job_hold('test.role', NULL, 'test')"),
        Attempt("operator", "SELECT hub.job_resume('test.role', NULL)"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.tenant (name, region) VALUES ('new', 'NL')"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.backfill (tenant_id) VALUES (1)"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.job_stat"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.job_depth"),
        Attempt("operator", "EXPLAIN SELECT * FROM hub.call"),
        Attempt("operator", "EXPLAIN SELECT * FROM hub.timeline"),
        Attempt("operator", "EXPLAIN UPDATE hub.tenant SET enabled = false"),
        Attempt("operator", "SELECT hub.change_setting(0, 'CallDurationLimit', '5', 'test')"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.operator_action (who, action) VALUES ('jane', 'test.try')"),
        Attempt("operator", "EXPLAIN UPDATE hub.backfill SET state = 'paused'"),
        Attempt("router", "EXPLAIN SELECT * FROM hub.api_key"),
        Attempt("router", "EXPLAIN SELECT * FROM hub.route_rule_set"),
        Attempt("router", "EXPLAIN INSERT INTO hub.route_decision SELECT * FROM hub.route_decision"),
        Attempt("router", "SELECT hub.gather_route_agents(0)"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.route_number (tenant_id, number) VALUES (1, '+358401234567')"),
        Attempt("console", "EXPLAIN SELECT * FROM hub.call"),
        // The console signs people in; the command makes local operators and signs out whom it changes.
        Attempt("console", "EXPLAIN SELECT password FROM hub.operator"),
        Attempt("console", "EXPLAIN UPDATE hub.operator SET failures = 0"),
        Attempt("console", "EXPLAIN INSERT INTO hub.operator_session SELECT * FROM hub.operator_session"),
        Attempt("console", "EXPLAIN UPDATE hub.operator_session SET seen_at = now()"),
        Attempt("console", "EXPLAIN DELETE FROM hub.operator_session"),
        Attempt("console", "EXPLAIN DELETE FROM hub.operator_guess"),
        Attempt("console", "EXPLAIN DELETE FROM hub.operator_challenge WHERE digest = ''"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.operator (name, role, created_by) VALUES ('a', 'viewer', 'b')"),
        Attempt("operator", "EXPLAIN UPDATE hub.operator SET role = 'viewer'"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.operator_session WHERE operator_id = 1"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.watermark"),
        Attempt("monitor", "SELECT * FROM hub.schema_migration"),
    ]

    static let refused = [
        // A program can't change what people decide, nor the past, nor the schema.
        Attempt("call_sync", "EXPLAIN INSERT INTO hub.setting SELECT * FROM hub.setting"),
        Attempt("call_sync", "SELECT hub.change_setting(1, 'CallDurationLimit', '5', 'test')"),
        Attempt("call_sync", "EXPLAIN UPDATE hub.tenant SET enabled = false"),
        Attempt("call_sync", "EXPLAIN DELETE FROM hub.tenant"),
        Attempt("call_sync", "EXPLAIN INSERT INTO hub.tenant (name) VALUES ('mine')"),
        Attempt("call_sync", "EXPLAIN UPDATE hub.job_done SET outcome = 'done'"),
        Attempt("call_sync", "EXPLAIN DELETE FROM hub.job_dead"),
        Attempt("call_sync", "EXPLAIN INSERT INTO hub.job_pause (kind_id) VALUES (1)"),
        Attempt("call_sync", "SELECT hub.job_hold('test.role', NULL, 'test')"),
        Attempt("call_sync", "TRUNCATE hub.job_ready"),
        // Who doesn't keep house over finished jobs drops none; nobody takes another's schedule away.
        Attempt("user_sync", "SELECT * FROM hub.job_partitions(1)"),
        Attempt("user_sync", "SELECT * FROM hub.drop_job_partitions(1)"),
        Attempt("user_sync", "EXPLAIN DELETE FROM hub.schedule"),
        Attempt("callback_sync", "EXPLAIN DELETE FROM hub.schedule"),
        Attempt("call_sync", "EXPLAIN DELETE FROM hub.schedule"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.job_done"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.schedule (tenant_id, name) VALUES (1, 'mine')"),
        Attempt("operator", "EXPLAIN UPDATE hub.schedule SET enabled = false"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.schedule"),
        Attempt("operator", "SELECT * FROM hub.job_partitions()"),
        Attempt("operator", "EXPLAIN UPDATE hub.dataverse_budget SET width = 1"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.dataverse_server"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.dataverse_spend SELECT * FROM hub.dataverse_spend"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.dataverse_lease"),
        Attempt("operator", "SELECT nextval('hub.dataverse_spend_seq')"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.worker"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.jobs"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.job_ready"),
        Attempt("router", "EXPLAIN SELECT * FROM hub.jobs"),
        Attempt("call_sync", "EXPLAIN DELETE FROM hub.call"),
        Attempt("call_sync", "EXPLAIN UPDATE hub.timeline SET event = 'seen'"),
        Attempt("call_sync", "EXPLAIN DELETE FROM hub.timeline"),
        Attempt("call_sync", "EXPLAIN INSERT INTO hub.operator_action (who, action) VALUES ('me', 'test.try')"),
        Attempt("call_sync", "EXPLAIN UPDATE hub.schema_migration SET checksum = ''"),
        Attempt("call_sync", "CREATE TABLE hub.mine (id integer)"),
        Attempt("call_sync", "CREATE TABLE public.mine (id integer)"),
        Attempt("call_sync", "CREATE SCHEMA mine"),
        Attempt("call_sync", "ALTER TABLE hub.call ADD mine integer"),
        Attempt("call_sync", "TRUNCATE hub.call"),
        Attempt("call_sync", "SET ROLE trunkline_owner"),
        // The operator reads calls and never makes or changes one.
        Attempt("operator", "EXPLAIN UPDATE hub.call SET state = 'written'"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.call"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.operator_action"),
        Attempt("operator", "EXPLAIN UPDATE hub.operator_action SET who = 'nobody'"),
        Attempt("operator", "EXPLAIN UPDATE hub.setting SET value = '0'"),
        Attempt("operator", "DROP TABLE hub.call"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.call SELECT * FROM hub.call"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.timeline"),
        Attempt("operator", "EXPLAIN UPDATE hub.watermark SET polled_at = now()"),
        // The console shows calls and steers jobs and backfills; it changes neither calls nor settings of the machinery.
        Attempt("console", "EXPLAIN INSERT INTO hub.call SELECT * FROM hub.call"),
        Attempt("console", "EXPLAIN UPDATE hub.call SET state = 'written'"),
        Attempt("console", "EXPLAIN DELETE FROM hub.call"),
        // Operators are never deleted, sessions never prolonged, and nobody but the console reads what a session is.
        Attempt("console", "EXPLAIN DELETE FROM hub.operator"),
        Attempt("console", "EXPLAIN UPDATE hub.operator_session SET expires_at = now()"),
        Attempt("console", "EXPLAIN UPDATE hub.operator_challenge SET nonce = ''"),
        Attempt("operator", "EXPLAIN DELETE FROM hub.operator"),
        Attempt("operator", "EXPLAIN SELECT digest FROM hub.operator_session"),
        Attempt("operator", "EXPLAIN SELECT form_key FROM hub.operator_session"),
        Attempt("operator", "EXPLAIN INSERT INTO hub.operator_session SELECT * FROM hub.operator_session"),
        Attempt("operator", "EXPLAIN SELECT * FROM hub.operator_challenge"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.operator"),
        Attempt("call_sync", "EXPLAIN SELECT * FROM hub.operator"),
        Attempt("call_sync", "EXPLAIN SELECT * FROM hub.operator_session"),
        Attempt("router", "EXPLAIN SELECT * FROM hub.operator"),
        Attempt("console", "EXPLAIN DELETE FROM hub.timeline"),
        Attempt("console", "EXPLAIN UPDATE hub.operator_action SET who = 'nobody'"),
        Attempt("console", "EXPLAIN UPDATE hub.schedule SET enabled = false"),
        Attempt("console", "EXPLAIN UPDATE hub.dataverse_budget SET width = 1"),
        Attempt("console", "EXPLAIN DELETE FROM hub.job_done"),
        Attempt("console", "CREATE TABLE hub.mine (id integer)"),
        // Programs that have no business with calls don't see them.
        Attempt("router", "EXPLAIN SELECT * FROM hub.call"),
        Attempt("router", "EXPLAIN SELECT * FROM hub.timeline"),
        // The router decides by what people applied, and writes nothing but what it decided.
        Attempt("router", "EXPLAIN INSERT INTO hub.route_rule_set SELECT * FROM hub.route_rule_set"),
        Attempt("router", "EXPLAIN UPDATE hub.api_key SET revoked_at = NULL"),
        Attempt("router", "EXPLAIN INSERT INTO hub.api_key (tenant_id) VALUES (1)"),
        Attempt("router", "EXPLAIN UPDATE hub.route_decision SET rule = 'other'"),
        Attempt("router", "EXPLAIN DELETE FROM hub.route_decision"),
        Attempt("router", "EXPLAIN UPDATE hub.route_number SET blocked = true"),
        Attempt("router", "EXPLAIN UPDATE hub.directory_entry SET name = ''"),
        Attempt("operator", "EXPLAIN UPDATE hub.route_rule_set SET document = ''"),
        Attempt("operator", "EXPLAIN UPDATE hub.route_decision SET rule = 'other'"),
        Attempt("console", "SELECT digest FROM hub.api_key"),
        Attempt("router", "EXPLAIN SELECT * FROM hub.job_dead"),
        Attempt("router", "SELECT hub.job_add('test.role', 0)"),
        Attempt("router", "EXPLAIN SELECT * FROM hub.dataverse_budget"),
        Attempt("router", "EXPLAIN UPDATE hub.tenant SET enabled = false"),
        Attempt("router", "EXPLAIN SELECT * FROM report.failures"),
        Attempt("router", "CREATE TABLE hub.mine (id integer)"),
        Attempt("user_sync", "EXPLAIN SELECT * FROM hub.call"),
        Attempt("user_sync", "EXPLAIN UPDATE hub.call SET state = 'written'"),
        Attempt("user_sync", "EXPLAIN SELECT * FROM hub.timeline"),
        Attempt("user_sync", "EXPLAIN UPDATE hub.tenant SET enabled = false"),
        Attempt("user_sync", "EXPLAIN DELETE FROM hub.job_dead"),
        Attempt("user_sync", "EXPLAIN UPDATE hub.job_done SET outcome = 'done'"),
        Attempt("user_sync", "EXPLAIN SELECT * FROM hub.operator_action"),
        Attempt("user_sync", "EXPLAIN SELECT * FROM report.failures"),
        // Callbacks refer to calls, so their program reads them.
        Attempt("callback_sync", "EXPLAIN INSERT INTO hub.call SELECT * FROM hub.call"),
        Attempt("callback_sync", "EXPLAIN UPDATE hub.call SET state = 'written'"),
        Attempt("callback_sync", "EXPLAIN DELETE FROM hub.call"),
        Attempt("callback_sync", "EXPLAIN DELETE FROM hub.timeline"),
        Attempt("callback_sync", "EXPLAIN UPDATE hub.tenant SET enabled = false"),
        Attempt("callback_sync", "SELECT hub.change_setting(1, 'CallDurationLimit', '5', 'test')"),
        Attempt("callback_sync", "EXPLAIN DELETE FROM hub.job_dead"),
        Attempt("callback_sync", "EXPLAIN SELECT * FROM hub.operator_action"),
        // Reports come from views only.
        Attempt("report", "EXPLAIN SELECT * FROM hub.call"),
        Attempt("report", "EXPLAIN SELECT * FROM hub.tenant"),
        Attempt("report", "SELECT * FROM hub.schema_migration"),
        Attempt("report", "CREATE TABLE report.mine (id integer)"),
        // Monitoring sees figures: no numbers, no names.
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.call"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.person"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.timeline"),
        Attempt("monitor", "EXPLAIN SELECT * FROM report.failures"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.job_dead"),
        Attempt("monitor", "EXPLAIN SELECT * FROM hub.operator_action"),
        Attempt("monitor", "EXPLAIN UPDATE hub.watermark SET polled_at = now()"),
        Attempt("monitor", "EXPLAIN UPDATE hub.dataverse_budget SET width = 1"),
        Attempt("monitor", "EXPLAIN UPDATE hub.tenant SET enabled = false"),
    ]

    @Test(arguments: allowed) func `a role can do what it needs`(attempt: Attempt) async throws {
        let database = try TestDatabase.current.connect(as: attempt.role)
        _ = try await database.query(Statement("", attempt.sql))
        await database.close()
    }

    @Test(arguments: refused) func `a role can't do what it needn't`(attempt: Attempt) async throws {
        let database = try TestDatabase.current.connect(as: attempt.role)
        let error = await #expect(throws: PostgresError.self) {
            // The superuser behind SET ROLE could always go on to another role; a member's own rights are what counts.
            if attempt.sql.hasPrefix("SET ROLE ") {
                let target = attempt.sql.dropFirst("SET ROLE ".count)
                let may = try await database.query(
                    Statement("", "SELECT pg_has_role(current_user, '\(target)', 'MEMBER')"))[0].decode(Bool.self)
                if !may { throw PostgresError(.insufficientPrivilege, "not a member") }
            }
            _ = try await database.query(Statement("", attempt.sql))
        }
        #expect(error?.code == .insufficientPrivilege)
        await database.close()
    }

    @Test func `the report role reads every view of its schema and no table`() async throws {
        let database = try TestDatabase.current.connect()
        let wrong = try await database.query(
            Statement(
                "",
                """
                SELECT n.nspname || '.' || c.relname
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname IN ('hub', 'report') AND c.relkind IN ('r', 'p', 'v', 'm')
                  AND has_table_privilege('trunkline_report', c.oid, 'SELECT') <> (n.nspname = 'report' AND c.relkind IN ('v', 'm'))
                """)
        ).map { try $0.decode(String.self) }
        #expect(wrong.isEmpty)
        await database.close()
    }
}
