import Postgres

/// Texts in columns for phone numbers that nobody can dial.
struct NumberQualityCheck: RowCheck {
    static let name = "number quality"
    static let well = "less than one text in twenty of the directory's columns is no number"

    func judge(_ row: Row) throws -> Finding? {
        let (tenant, table, unreadable, entries) = try row.decode(String.self, String.self, Int64.self, Int64.self)
        guard unreadable * 20 >= entries, unreadable > 0 else { return nil }
        return .warning(
            name, "\(table) of \(tenant): \(unreadable) texts in columns for phone numbers can't be read, of \(entries) rows",
            remedy:
                "correct them in Dynamics; numbers with + and country are always understood. Set the tenant's region if it has none"
        )
    }

    static let isThere: Statement? = Statement(
        "command.doctor.number_quality_there",
        "SELECT EXISTS (SELECT FROM hub.directory_load JOIN hub.tenant t USING (tenant_id) WHERE t.enabled)")

    static let question = Statement(
        "command.doctor.number_quality",
        """
        SELECT t.name, l.entry_table, l.unreadable, greatest(l.entries, l.rows_read, 1)
        FROM hub.directory_load l
        JOIN hub.tenant t USING (tenant_id)
        WHERE t.enabled AND l.unreadable > 0
        ORDER BY t.name, l.entry_table
        """)
}
