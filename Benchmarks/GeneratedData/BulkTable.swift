import Postgres

/// A table that is filled without its indexes, which are made afterwards: sorting once is quicker than 20 million descents.
struct BulkTable {
    let name: String
    let database: Database

    init(_ name: String, on database: Database) {
        self.name = name
        self.database = database
    }

    /// Drops the indexes and the primary key; answers the statements that make them again.
    func dropIndexes() async throws -> [String] {
        let rows = try await database.query(Self.indexes, [name])
        var definitions: [String] = []
        for row in rows {
            let (index, constraint, definition) = try row.decode(String.self, String?.self, String.self)
            let drop = constraint.map { "ALTER TABLE \(name) DROP CONSTRAINT \($0)" } ?? "DROP INDEX \(index)"
            try await database.withConnection { try await $0.run(script: drop) }
            definitions.append(constraint.map { "ALTER TABLE \(name) ADD CONSTRAINT \($0) \(definition)" } ?? definition)
        }
        return definitions
    }

    /// Makes them again, two at once.
    func make(_ definitions: [String]) async throws {
        // Two ALTER TABLEs would wait for each other; two CREATE INDEX don't.
        let (constraints, indexes) = (definitions.filter { $0.hasPrefix("ALTER") }, definitions.filter { !$0.hasPrefix("ALTER") })
        for statement in constraints { try await database.withConnection { try await $0.run(script: statement) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (place, statement) in indexes.enumerated() {
                if place >= 2 { try await group.next() }
                group.addTask { try await database.withConnection { try await $0.run(script: statement) } }
            }
            try await group.waitForAll()
        }
    }

    private static let indexes = Statement(
        "",
        """
        SELECT i.indexrelid::regclass::text, k.conname::text, coalesce(pg_get_constraintdef(k.oid), pg_get_indexdef(i.indexrelid))
        FROM pg_index i
        LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u')
        WHERE i.indrelid = $1::text::regclass
        ORDER BY 1
        """)
}
