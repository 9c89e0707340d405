import EmbeddedPostgres
import Foundation
import Logging
import Postgres
import TestSupport

@testable import TrunklineCommand

/// Troubles of the server and of the connection to it.
extension Trouble {
    static let ofServer: [Trouble] = [
        Trouble(ConnectionCheck(), .failure, "it is a standby") { _, look in
            try await FollowedServer.run { _, standby in
                try await withDatabase(standby) { try await look($0) }
            }
        },
        Trouble(ConnectionCheck(oldestMajor: 99), .failure, "PostgreSQL 1", isSaidAnyway: true) { _, look in
            try await look(nil)
        },
        Trouble(ServerSettingsCheck(), .failure, "autovacuum does not run") { hub, look in
            try await hub.run(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET track_counts = off', current_database()); END $$")
            try await look(nil)
        },
        Trouble(
            ClockCheck(clock: { Date(timeIntervalSinceNow: -7_230) }), .failure, "2 h 00 min ahead of this machine's",
            isSaidAnyway: true
        ) { _, look in try await look(nil) },
        Trouble(
            check: RolesCheck(), sql: "CREATE TABLE hub.mine (id integer)", level: .failure,
            text: "not owned by trunkline_owner: hub.mine"),
        Trouble(RolesCheck(wanted: ["trunkline_nobody"]), .failure, "missing: trunkline_nobody", isSaidAnyway: true) { _, look in
            try await look(nil)
        },
        Trouble(ConnectionsCheck(share: 0), .warning, "of 500 connections are in use", isSaidAnyway: true) { _, look in
            try await look(nil)
        },
        Trouble(ReplicasCheck(late: (30, 1 << 20)), .warning, "MB behind") { _, look in
            try await FollowedServer.run { primary, standby in
                try await withDatabase(standby) { try await $0.execute(Statement("", "SELECT pg_wal_replay_pause()::text")) }
                try await withDatabase(primary) { database in
                    try await database.withConnection {
                        try await $0.run(
                            script:
                                "SELECT pg_logical_emit_message(false, 'doctor', repeat('x', 3000000)); SELECT pg_switch_wal()")
                    }
                    try await eventually("the primary knows how far the standby is behind") {
                        try await database.query(
                            Statement(
                                "", "SELECT count(*) FROM pg_stat_replication WHERE pg_current_wal_lsn() - replay_lsn > 2000000")
                        )[0].decode(Int64.self) == 1
                    }
                    try await look(database)
                }
            }
        },
        Trouble(SlotsCheck(), .warning, "nobody reads the replication slot doctor_") { hub, look in
            try await hub.run("SELECT pg_create_physical_replication_slot('doctor_' || pg_backend_pid(), true)")
            let looked = await Result { try await look(nil) }
            try await hub.run("SELECT pg_drop_replication_slot('doctor_' || pg_backend_pid())")
            try looked.get()
        },
        Trouble(TransactionIDsCheck(old: 0), .warning, "the oldest transaction id of this database is", isSaidAnyway: true) {
            hub, look in
            try await hub.run("SELECT txid_current()")
            try await look(nil)
        },
        Trouble(
            check: PrivilegesCheck(), sql: "REVOKE INSERT, UPDATE ON hub.call FROM trunkline_call_sync", level: .failure,
            text: "trunkline_call_sync lacks INSERT on hub.call, UPDATE on hub.call"),
        Trouble(
            check: PrivilegesCheck(), sql: "REVOKE EXECUTE ON FUNCTION hub.job_tend() FROM trunkline_user_sync", level: .failure,
            text: "trunkline_user_sync lacks EXECUTE on hub.job_tend()"),
        Trouble(
            check: PrivilegesCheck(), sql: "REVOKE UPDATE (seen_at) ON hub.instance FROM trunkline_router", level: .failure,
            text: "trunkline_router lacks UPDATE on hub.instance.seen_at"),
        Trouble(PrivilegesCheck(), .warning, "call-sync is signed in as postgres") { hub, look in
            let program = Database(
                DatabaseConfiguration(hub.database.url, applicationName: "call-sync"), logger: Logger(label: "tests"))
            _ = try await program.query(Statement("", "SELECT 1"))
            let looked = await Result { try await look(nil) }
            await program.close()
            try looked.get()
        },
        Trouble(
            check: PartitionsCheck(), sql: dropPartitions(of: "hub.timeline", where: "true"), level: .failure,
            text: "hub.timeline has no partition for now"),
        Trouble(
            check: PartitionsCheck(), sql: dropPartitions(of: "hub.job_done", where: "from_at > now()"), level: .warning,
            text: "hub.job_done ends in"),
        Trouble(SnapshotCheck(longish: 0), .warning, "of postgres (tests), idle in transaction") { hub, look in
            try await hub.owner.withTransaction(.init(isolation: .repeatableRead)) { connection in
                _ = try await connection.query(Statement("", "SELECT txid_current()"))
                try await look(nil)
            }
        },
        Trouble(
            check: DeadRowsCheck(noteworthy: 100),
            sql: """
                ALTER TABLE hub.call_intake SET (autovacuum_enabled = false);
                INSERT INTO hub.call_intake (tenant_id, call_day, seen)
                SELECT tenant_id, current_date - n, 1 FROM hub.tenant, generate_series(1, 500) n;
                DELETE FROM hub.call_intake;
                SELECT pg_stat_force_next_flush()
                """,
            level: .warning, text: "hub.call_intake: 500 dead rows over 0 live ones"),
        Trouble(BloatCheck(least: 1 << 20), .warning, "table call_intake has") { hub, look in
            try await hub.run(
                """
                ALTER TABLE hub.call_intake SET (autovacuum_enabled = false, toast.autovacuum_enabled = false);
                INSERT INTO hub.call_intake (tenant_id, call_day, seen)
                SELECT tenant_id, current_date - n, 1 FROM hub.tenant, generate_series(1, 60000) n;
                DELETE FROM hub.call_intake WHERE call_day < current_date - 100
                """)
            try await hub.run("ANALYZE hub.call_intake")
            try await look(nil)
        },
    ]

    private static func dropPartitions(of table: String, where condition: String) -> String {
        """
        DO $$
        DECLARE
            doomed regclass;
        BEGIN
            FOR doomed IN
                SELECT partition FROM (
                    SELECT c.oid::regclass AS partition,
                           substring(pg_get_expr(c.relpartbound, c.oid) FROM 'FROM \\(''([^'']+)''\\)')::timestamptz AS from_at
                    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = '\(table)'::regclass
                ) p
                WHERE \(condition)
            LOOP
                EXECUTE format('DROP TABLE %s', doomed);
            END LOOP;
        END $$
        """
    }

    private static func withDatabase(_ server: EmbeddedPostgres, _ body: @Sendable (Database) async throws -> Void) async throws {
        let database = Database(
            DatabaseConfiguration(server.connectionString()), logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
        let result = await Result { try await body(database) }
        await database.close()
        try result.get()
    }
}
