import Foundation
import Operations
import Postgres

/// The oldest snapshot: while it is held, VACUUM can't clean up what became dead after it.
struct SnapshotCheck: DoctorCheck {
    static let name = "snapshots"
    /// Seconds that a snapshot may be held.
    var longish: TimeInterval = 300
    var tooLong: TimeInterval = 3600

    /// Somebody who holds the horizon back.
    struct Holder: Sendable, Hashable {
        /// Who, in words that let a DBA find it.
        var who: String
        /// Seconds held; nil when the server keeps no time for it (slots, prepared transactions of before a restart).
        var seconds: Double?
        /// Transactions begun since.
        var age: Int64
        /// How to end it.
        var remedy: String
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let holders = try await patient.database.query(Self.holders).map { row in
            let (who, seconds, age, remedy) = try row.decode(String.self, Double?.self, Int64.self, String.self)
            return Holder(who: who, seconds: seconds, age: age, remedy: remedy)
        }
        return judge(holders)
    }

    func judge(_ holders: [Holder]) -> [Finding] {
        guard let oldest = holders.first else { return [.ok(name, "nobody holds one")] }
        let held = oldest.seconds.map { "for \(PlainTime.span($0))" } ?? "for \(oldest.age) transactions"
        let text = "the oldest is held \(held) by \(oldest.who)"
        let seconds = oldest.seconds ?? (oldest.age > 10_000_000 ? tooLong : oldest.age > 1_000_000 ? longish : 0)
        if seconds >= tooLong { return [.failure(name, text, remedy: oldest.remedy)] }
        if seconds >= longish { return [.warning(name, text, remedy: oldest.remedy)] }
        return [.ok(name, text)]
    }

    static let holders = Statement(
        "command.doctor.snapshots",
        """
        SELECT who, seconds, age, remedy
        FROM (
            SELECT format('session %s of %s (%s), %s', pid, coalesce(usename, backend_type),
                          coalesce(nullif(application_name, ''), 'no application name'), coalesce(state, backend_type)) AS who,
                   extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds,
                   greatest(age(backend_xmin), age(backend_xid))::bigint AS age,
                   format('ask its owner, or SELECT pg_terminate_backend(%s)', pid) AS remedy
            FROM pg_stat_activity
            WHERE (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND pid <> pg_backend_pid()
              AND (datname = current_database() OR datname IS NULL)
              AND backend_type <> 'autovacuum worker'
            UNION ALL
            SELECT format('prepared transaction %s of %s', gid, owner),
                   extract(epoch FROM clock_timestamp() - prepared)::float8,
                   age(transaction)::bigint,
                   format('COMMIT PREPARED or ROLLBACK PREPARED %L', gid)
            FROM pg_prepared_xacts
            WHERE database = current_database()
            UNION ALL
            SELECT format('replication slot %s (%s)', slot_name, CASE WHEN active THEN 'active' ELSE 'inactive' END),
                   NULL,
                   greatest(age(xmin), age(catalog_xmin))::bigint,
                   format('SELECT pg_drop_replication_slot(%L), if nobody needs it', slot_name)
            FROM pg_replication_slots
            WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
        ) holder
        ORDER BY age DESC NULLS LAST
        LIMIT 5
        """)
}
