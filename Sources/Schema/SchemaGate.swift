public import Postgres

/// Stands at a program's start: lets it run only on the schema it was built for.
public enum SchemaGate {
    /// The version of the schema that this program needs: the number of migrations it carries.
    public static var version: Int { Migration.all.count }

    /// Returns when the database's schema is at ``version``.
    ///
    /// - Throws: `SchemaMismatch`, whose description is the one line to print; a `PostgresError` when the database can't be asked.
    public static func check(_ database: Database) async throws {
        try await check(database, needed: version)
    }

    static func check(_ database: Database, needed: Int) async throws {
        let found = try await databaseVersion(database)
        guard let found else { throw SchemaMismatch.missing(needed: needed) }
        if found < needed { throw SchemaMismatch.older(found: found, needed: needed) }
        if found > needed { throw SchemaMismatch.newer(found: found, known: needed) }
    }

    /// The version of the database's schema; nil when it has none of Trunkline.
    ///
    /// - Throws: `SchemaMismatch` when the login user may not read it.
    public static func databaseVersion(_ database: Database) async throws -> Int? {
        do {
            return try await database.withConnection { connection in
                try await MigrationStore.applied(on: connection)?.last?.version
            }
        } catch let error as PostgresError where error.code == .insufficientPrivilege {
            throw SchemaMismatch.forbidden
        }
    }
}
