import Postgres

/// Looks for digits in every column of every table of the hub, by means of its own: each value is taken as text, all that is no digit is
/// taken out of it, and what remains is searched.
enum NumberSearch {
    /// The columns with such a value, as `table.column`, each with one value.
    static func places(_ digits: String, in database: Database) async throws -> [String] {
        let columns = try await database.query(
            Statement(
                "",
                """
                SELECT c.oid::regclass::text, a.attname::text
                FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relnamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND c.relkind = 'r'
                  AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY 1, 2
                """)
        ).map { try $0.decode(String.self, String.self) }
        var places: [String] = []
        for (table, column) in columns {
            let found = try await database.query(
                Statement(
                    "",
                    """
                    SELECT "\(column)"::text FROM \(table)
                    WHERE regexp_replace("\(column)"::text, '[^0-9a-zA-Z]', '', 'g') LIKE '%\(digits)%' LIMIT 1
                    """))
            for row in found { places.append("\(table).\(column): \(try row[0].decode(String.self))") }
        }
        return places
    }
}
