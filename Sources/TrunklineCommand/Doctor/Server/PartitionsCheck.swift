import Foundation
import Operations
import Postgres

/// Partitions of the history tables reach far enough into the future.
struct PartitionsCheck: DoctorCheck {
    static let name = "partitions"
    /// Less than this ahead and somebody should look why the making of partitions stands still.
    static let enough: TimeInterval = 2 * 86_400

    /// A partitioned table and the end of its last partition.
    struct Reach: Sendable, Hashable {
        var table: String
        /// Nil: there is no partition.
        var until: Date?
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let reaches = try await patient.database.query(Self.reaches).map { row in
            let (table, until) = try row.decode(String.self, Date?.self)
            return Reach(table: table, until: until)
        }
        return Self.judge(reaches, now: patient.now)
    }

    static func judge(_ reaches: [Reach], now: Date) -> [Finding] {
        let remedy = "start call-sync, which makes them, and look at its log; by hand: SELECT hub.make_…_partitions()"
        let findings: [Finding] = reaches.compactMap { reach in
            guard let until = reach.until, until > now else {
                return .failure(name, "\(reach.table) has no partition for now: nothing can be written to it", remedy: remedy)
            }
            let ahead = until.timeIntervalSince(now)
            guard ahead < enough else { return nil }
            return .warning(name, "\(reach.table) ends in \(PlainTime.span(ahead))", remedy: remedy)
        }
        return findings.isEmpty ? [.ok(name, "\(reaches.count) tables reach at least 2 days ahead")] : findings
    }

    /// The upper bound stands in the text of each partition's bound: `FOR VALUES FROM (…) TO ('2026-04-01 00:00:00+00')`.
    /// Tables partitioned by another kind of bound, as by hash or by a sequence, are none of this check's business.
    static let reaches = Statement(
        "command.doctor.partitions",
        """
        SELECT parent.oid::regclass::text,
               max(substring(pg_get_expr(child.relpartbound, child.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz)
        FROM pg_partitioned_table p
        JOIN pg_class parent ON parent.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = parent.oid AND a.attnum = p.partattrs[0]
        LEFT JOIN pg_inherits i ON i.inhparent = parent.oid
        LEFT JOIN pg_class child ON child.oid = i.inhrelid
        WHERE parent.relnamespace = 'hub'::regnamespace
          AND p.partstrat = 'r' AND a.atttypid IN ('timestamptz'::regtype, 'date'::regtype)
        GROUP BY parent.oid
        ORDER BY 1
        """)
}
