public import Postgres

/// Stands at a program's start: lets it run on the schema it was built for, and on a newer one that says that it works there still.
public enum SchemaGate {
    /// The version of the schema that this program needs: the number of migrations it carries.
    public static var version: Int { Migration.all.count }

    /// Returns when the database's schema is at ``version``, or newer and made so that this program may run on it while it is replaced.
    ///
    /// - Throws: `SchemaMismatch`, whose description is the one line to print; a `PostgresError` when the database can't be asked.
    public static func check(_ database: Database) async throws {
        try await check(database, needed: version)
    }

    static func check(_ database: Database, needed: Int) async throws {
        let found = try await databaseVersion(database)
        guard let found else { throw SchemaMismatch.missing(needed: needed) }
        if found < needed { throw SchemaMismatch.older(found: found, needed: needed) }
        if found > needed {
            let oldest = try await oldestVersion(database)
            guard let oldest, oldest <= needed else { throw SchemaMismatch.newer(found: found, known: needed) }
        }
    }

    /// The oldest version whose programs work on the database's schema; nil where it does not say.
    private static func oldestVersion(_ database: Database) async throws -> Int? {
        do {
            return try await database.query(MigrationStore.programsFrom)[0].decode(Int.self)
        } catch let error as PostgresError where error.code == .undefinedFunction {
            return nil
        }
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
