import Foundation
import Postgres

/// The statements over `hub.schema_migration`.
struct MigrationStore: Sendable {
    static let statements = [exists, applied, record, programsFrom]

    /// Every migration the database has, in order; nil when it has no schema of Trunkline at all.
    static func applied(on connection: Connection) async throws -> [AppliedMigration]? {
        let exists = try await connection.query(exists).first?.decode(Bool.self)
        guard exists == true else { return nil }
        return try await connection.query(applied).map(AppliedMigration.init(row:))
    }

    /// Writes down a migration inside the transaction that ran it.
    static func record(_ migration: Migration, duration: Duration, on connection: Connection) async throws -> AppliedMigration {
        let rows = try await connection.query(
            record, [Int32(migration.version), migration.name, migration.checksum, duration])
        return try AppliedMigration(row: rows[0])
    }

    static let programsFrom = Statement("schema.programs_from", "SELECT hub.programs_from()")

    static let exists = Statement(
        "schema.migration.exists",
        "SELECT to_regclass('hub.schema_migration') IS NOT NULL")

    static let applied = Statement(
        "schema.migration.applied",
        """
        SELECT version, name, checksum, applied_at, applied_by, duration
        FROM hub.schema_migration
        ORDER BY version
        """)

    static let record = Statement(
        "schema.migration.record",
        """
        INSERT INTO hub.schema_migration (version, name, checksum, duration)
        VALUES ($1, $2, $3, $4)
        RETURNING version, name, checksum, applied_at, applied_by, duration
        """)
}

extension AppliedMigration {
    fileprivate init(row: Row) throws {
        let (version, name, checksum, appliedAt, appliedBy, duration) = try row.decode(
            Int32.self, String.self, String.self, Date.self, String.self, Duration.self)
        self.init(
            version: Int(version), name: name, checksum: checksum, appliedAt: appliedAt, appliedBy: appliedBy,
            duration: duration)
    }
}
