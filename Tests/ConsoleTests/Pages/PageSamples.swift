import Foundation
import Postgres

@testable import Console

/// What the pages of a tenant show, put into the database as the programs would.
extension TestConsole {
    /// The tenant `acme`, number 1.
    func addTenant() async throws {
        try await sql("INSERT INTO hub.tenant (name, region) VALUES ('acme', 'NL') ON CONFLICT DO NOTHING")
    }

    /// Writes down where the Dynamics of `acme` is, as its programs do.
    func setDynamics(_ address: String) async throws {
        try await sql("UPDATE hub.tenant SET dynamics_url = '\(address)' WHERE name = 'acme'")
    }

    /// A call of `acme`; `more` are further columns and their values as SQL.
    @discardableResult
    func addCall(
        started: String = "2026-03-02 08:00:00+00", other: String? = "+31205550101", state: String = "written", talk: Int = 60,
        user: String = "first user", more: [String: String] = [:]
    ) async throws -> String {
        let id = UUID().uuidString.lowercased()
        let number = other.map { "'\($0)'" } ?? "NULL"
        var columns: [String: String] = [
            "tenant_id": "(SELECT tenant_id FROM hub.tenant WHERE name = 'acme')", "call_id": "'\(id)'",
            "call_day": "('\(started)'::timestamptz AT TIME ZONE 'UTC')::date", "state": "'\(state)'", "privacy": "'work'",
            "direction": "'inbound'", "answered": "true", "started_at": "'\(started)'", "talk_seconds": "\(talk)",
            "own_number": "'+31205550199'", "own_raw": "'+31205550199'", "other_number": number, "other_raw": number,
            "user_name": "'\(user)'", "legs": "'[]'", "content_hash": "1",
            "activity_id": "gen_random_uuid()", "reason": state == "skipped" ? "'too_short'" : "NULL",
            "written_at": ["written", "adopted"].contains(state) ? "'\(started)'" : "NULL",
        ]
        columns.merge(more) { $1 }
        let names = columns.keys.sorted()
        try await sql(
            "INSERT INTO hub.call (\(names.joined(separator: ", "))) VALUES (\(names.map { columns[$0]! }.joined(separator: ", ")))"
        )
        return id
    }

    /// A contact in the directory of `acme` with that number.
    @discardableResult
    func addContact(_ name: String, number: String) async throws -> String {
        let id = UUID().uuidString.lowercased()
        try await sql(
            """
            INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, generation)
            SELECT tenant_id, '\(id)', 'contact', '\(name)', 1 FROM hub.tenant WHERE name = 'acme';
            INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
            SELECT tenant_id, '\(number)', '\(id)', 'telephone1', '\(number)', 'international', '205550101' FROM hub.tenant WHERE name = 'acme';
            """)
        return id
    }

    func value(_ query: String) async throws -> String? {
        try await database.query(Statement("", "SELECT (\(query))::text")).first?[0].decode(String?.self)
    }
}
