public import Foundation
public import Postgres

/// The directory of a tenant as user-sync would have stored it.
public struct StoredDirectory: Sendable {
    private let database: Database
    private let tenant: Int32

    public init(_ database: Database, tenant: Int32) {
        self.database = database
        self.tenant = tenant
    }

    /// Every table was read to its end.
    public func complete() async throws {
        _ = try await database.query(Statement("", "SELECT hub.directory_changed($1, reload => true)"), [tenant])
        try await database.execute(
            Statement("", "UPDATE hub.directory_state SET is_complete = true WHERE tenant_id = $1"), [tenant])
    }

    /// A contact appears, with a Finnish number in E.164.
    public func add(_ id: UUID, _ name: String, _ number: String, owner: UUID? = nil) async throws {
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, owner_id, generation)
                VALUES ($1, $2, 'contact', $3, $4, 1)
                """), [tenant, id, name, owner])
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
                VALUES ($1, $2, $3, 'telephone1', $2, 'international', substr($2, 5))
                """), [tenant, number, id])
        _ = try await database.query(Statement("", "SELECT hub.directory_changed($1, ARRAY[$2::uuid])"), [tenant, id])
    }
}
