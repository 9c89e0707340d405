public import Foundation

/// A migration that a database has: a row of `hub.schema_migration`.
public struct AppliedMigration: Sendable, Hashable {
    /// The migration's number.
    public let version: Int
    /// The migration's name, without number and `.sql`.
    public let name: String
    /// SHA-256 of the text as it was applied, in hexadecimal.
    public let checksum: String
    /// When it was done.
    public let appliedAt: Date
    /// The login user that ran it.
    public let appliedBy: String
    /// How long its statements took.
    public let duration: Duration
}
