public import Logging
public import Postgres

/// Brings a database's schema to the version a program was built for: forward only, one migration at a time.
public struct Migrator: Sendable {
    let migrations: [Migration]
    /// How often a migration is begun that a lock keeps from being done, and how long the programs go on in between.
    let attempts: Int
    let pause: Duration

    init(migrations: [Migration], attempts: Int = 30, pause: Duration = .seconds(3)) {
        self.migrations = migrations
        self.attempts = attempts
        self.pause = pause
    }

    /// What ``migrate(on:logger:)`` would run now, in order; empty when the schema is current. Changes nothing.
    ///
    /// - Throws: `SchemaMismatch` when the database is newer than this program or holds another text of a migration.
    public static func plan(on database: Database) async throws -> [PlannedMigration] {
        try await Migrator(migrations: Migration.all).plan(on: database)
    }

    /// Runs what is missing and returns what was run.
    ///
    /// Each migration is one transaction together with its row in `hub.schema_migration`, so a failure leaves the ones
    /// before it in place and nothing of itself. One session advisory lock is held throughout: a second migrator waits,
    /// then finds nothing to do. The connection has to be a direct one or go through a pooler in session mode. What waits two seconds for a
    /// lock, or is ended because of a deadlock, is rolled back and begun again after three, thirty times: live work gets its turn in between.
    ///
    /// - Throws: `SchemaMismatch` as ``plan(on:)``; `MigrationFailure` when a migration's statements fail.
    public static func migrate(on database: Database, logger: Logger) async throws -> [AppliedMigration] {
        try await Migrator(migrations: Migration.all).migrate(on: database, logger: logger)
    }

    func plan(on database: Database) async throws -> [PlannedMigration] {
        try await database.withConnection { connection in
            let applied = try await MigrationStore.applied(on: connection) ?? []
            return try MigrationPlan(known: migrations, applied: applied).pending
        }
    }

    func migrate(on database: Database, logger: Logger) async throws -> [AppliedMigration] {
        try await database.withConnection { connection in
            try await MigrationLock.hold(on: connection, logger: logger) {
                let applied = try await MigrationStore.applied(on: connection) ?? []
                let plan = try MigrationPlan(known: migrations, applied: applied)
                var done: [AppliedMigration] = []
                for migration in plan.pending {
                    done.append(try await run(migration, on: connection, logger: logger))
                }
                return done
            }
        }
    }

    private func run(
        _ migration: Migration, on connection: Connection, logger: Logger
    ) async throws -> AppliedMigration {
        let details: Logger.Metadata = ["version": "\(migration.version)", "name": "\(migration.name)"]
        logger.info("migration started", metadata: details)
        do {
            var attempt = 1
            while true {
                do {
                    let applied = try await run(migration, on: connection)
                    logger.info("migration done", metadata: details)
                    return applied
                } catch let error as PostgresError where error.isOfLocks && attempt < attempts {
                    attempt += 1
                    let again = details.merging(["error": "\(error)"]) { $1 }
                    logger.notice("migration waits for a lock: begun again", metadata: again)
                    try await Task.sleep(for: pause)
                }
            }
        } catch {
            throw MigrationFailure(version: migration.version, name: migration.name, cause: error)
        }
    }

    private func run(_ migration: Migration, on connection: Connection) async throws -> AppliedMigration {
        try await connection.withTransaction { connection in
            try await connection.run(script: Self.preamble(of: migration))
            let start = ContinuousClock.now
            try await connection.run(script: migration.sql)
            return try await MigrationStore.record(migration, duration: start.duration(to: .now), on: connection)
        }
    }

    /// Settings of a migration's transaction: no time limit on the work, a short one on waiting for a lock, because whoever
    /// waits for a table's lock blocks everybody behind it; names are written in full; every object belongs to the owner.
    /// The first migration makes the owner, and takes its role by itself. Last come the locks.
    static func preamble(of migration: Migration) -> String {
        let tables = lockedFirst[migration.version] ?? []
        return """
            SET LOCAL statement_timeout = 0;
            SET LOCAL lock_timeout = '2s';
            SET LOCAL search_path = pg_catalog, pg_temp;
            \(migration.version > 1 ? "SET LOCAL ROLE trunkline_owner;" : "")
            \(tables.isEmpty ? "" : "LOCK TABLE \(tables.joined(separator: ", ")) IN ACCESS EXCLUSIVE MODE;")
            """
    }

    /// The tables that a migration comes to lock against everybody, by its version; programs may be at work on them while it runs.
    ///
    /// They are locked before anything else. A migration that makes an index first and only later wants the table to itself would by then
    /// keep a writer waiting which holds what it wants: a deadlock, and the migration is its victim, each time again.
    static let lockedFirst: [Int: [String]] = [
        16: ["hub.watermark"],
        18: ["hub.call"],
        19: ["hub.callback", "hub.callback_mark"],
        20: ["hub.tenant", "hub.operator_guess", "hub.callback_check", "hub.webhook_event"],
        21: ["hub.job_dead"],
    ]
}

extension PostgresError {
    /// Whether another transaction was in the way, so that the same may succeed later.
    fileprivate var isOfLocks: Bool { code == .lockNotAvailable || code == .deadlockDetected }
}
