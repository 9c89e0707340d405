/// What a list of migrations asks of a database: decided from what the database has, without touching it.
struct MigrationPlan {
    /// The migrations that are still to run, in order.
    let pending: [PlannedMigration]

    /// - Parameters:
    ///   - known: What the program carries, in order.
    ///   - applied: What the database has, in order.
    /// - Throws: `SchemaMismatch` when the database is newer, or has a migration with another text.
    init(known: [Migration], applied: [AppliedMigration]) throws(SchemaMismatch) {
        if let last = applied.last, last.version > known.count {
            throw .newer(found: last.version, known: known.count)
        }
        for (migration, applied) in zip(known, applied) where migration.checksum != applied.checksum {
            throw .edited(applied, known: migration)
        }
        pending = Array(known.dropFirst(applied.count))
    }
}
