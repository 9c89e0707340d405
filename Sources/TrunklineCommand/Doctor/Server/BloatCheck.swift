import Postgres

/// Tables and indexes that take far more room than their rows need.
struct BloatCheck: RowCheck {
    static let name = "bloat"
    static let well = "no table or index wastes more than half of itself and 1 GB"

    /// Bytes to spare below which nobody minds.
    var least: Int64 = 1 << 30

    func judge(_ row: Row) throws -> Finding? {
        let (table, index, bytes, spare) = try row.decode(String.self, String?.self, Int64.self, Int64.self)
        return judge(table, index, bytes: bytes, spare: spare)
    }

    func judge(_ table: String, _ index: String?, bytes: Int64, spare: Int64) -> Finding? {
        guard spare >= least, spare * 2 >= bytes else { return nil }
        let what = index.map { "index \($0)" } ?? "table \(table)"
        return .warning(
            name, "\(what) has \(spare >> 20) MB to spare of \(bytes >> 20)",
            remedy: index.map { "REINDEX INDEX CONCURRENTLY hub.\($0)" }
                ?? "VACUUM hub.\(table); look why autovacuum does not keep up (docs/database.md)")
    }

    static let question = Statement(
        "command.doctor.bloat",
        "SELECT table_name::text, index_name::text, bytes::bigint, spare_bytes::bigint FROM report.bloat ORDER BY spare_bytes DESC LIMIT 10"
    )
}
