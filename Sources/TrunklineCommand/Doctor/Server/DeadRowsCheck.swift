import Foundation
import Operations
import Postgres

/// Dead rows of the tables where rows come and go all the time.
struct DeadRowsCheck: DoctorCheck {
    static let name = "dead rows"
    /// Below this a table is small whatever its share.
    var noteworthy: Int64 = 200_000

    struct TableFigures: Sendable, Hashable {
        var table: String
        var live: Int64
        var dead: Int64
        var bytes: Int64
        var vacuumedAt: Date?
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let tables = try await patient.database.query(Self.tables).map { row in
            let (table, live, dead, bytes, vacuumedAt) = try row.decode(
                String.self, Int64.self, Int64.self, Int64.self, Date?.self)
            return TableFigures(table: table, live: live, dead: dead, bytes: bytes, vacuumedAt: vacuumedAt)
        }
        return judge(tables)
    }

    func judge(_ tables: [TableFigures]) -> [Finding] {
        let findings: [Finding] = tables.compactMap { table in
            guard table.dead > noteworthy, table.dead > table.live * 2 else { return nil }
            let vacuumed = table.vacuumedAt.map { "last vacuumed \(PlainTime.seconds($0))" } ?? "never vacuumed"
            return .warning(
                name,
                "\(table.table): \(table.dead) dead rows over \(table.live) live ones, \(table.bytes >> 20) MB, \(vacuumed)",
                remedy: "look at who holds the oldest snapshot (above) and whether autovacuum keeps up")
        }
        if !findings.isEmpty { return findings }
        let worst = tables.max { $0.dead < $1.dead }
        return [.ok(name, worst.map { "most in \($0.table): \($0.dead) dead, \($0.live) live" } ?? "no table yet")]
    }

    static let tables = Statement(
        "command.doctor.dead_rows",
        """
        SELECT s.schemaname || '.' || s.relname, s.n_live_tup, s.n_dead_tup, pg_relation_size(s.relid),
               greatest(s.last_vacuum, s.last_autovacuum)
        FROM pg_stat_user_tables s
        JOIN pg_class c ON c.oid = s.relid
        WHERE s.schemaname = 'hub' AND NOT c.relispartition AND c.relkind = 'r'
        ORDER BY s.n_dead_tup DESC
        LIMIT 20
        """)
}
