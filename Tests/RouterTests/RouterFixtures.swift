import Postgres
import Routing

/// Callers in the tables.
enum RouterFixtures {
    /// One contact, +358401234567, whose owner is at +358931001.
    static func known(_ database: Database, _ tenant: Int32) async throws {
        try await database.withConnection { connection in
            try await connection.run(
                script: """
                    INSERT INTO hub.person (tenant_id, system_user_id, enreach_user_id, full_name)
                    VALUES (\(tenant), '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-0000000000aa', 'Owner');
                    INSERT INTO hub.own_number (tenant_id, number, kind, enreach_id)
                    VALUES (\(tenant), '+358931001', 'user', '00000000-0000-0000-0000-0000000000aa');
                    \(entry(tenant, 1, "contact", owner: true))
                    \(number(tenant, 1, "+358401234567"))
                    SELECT hub.directory_changed(\(tenant), reload => true);
                    """)
        }
    }

    static func id(_ number: Int) -> String {
        "00000000-0000-0000-0001-" + String(repeating: "0", count: 12 - "\(number)".count) + "\(number)"
    }

    static func entry(
        _ tenant: Int32, _ id: Int, _ table: String, owner: Bool = false, segment: String? = nil, account: Int? = nil
    ) -> String {
        """
        INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, owner_id, account_id, segment, generation)
        VALUES (\(tenant), '\(Self.id(id))', '\(table)', 'n', \(owner ? "'00000000-0000-0000-0000-00000000000a'" : "NULL"),
            \(account.map { "'\(Self.id($0))'" } ?? "NULL"), \(segment.map { "'\($0)'" } ?? "NULL"), 1)
        ON CONFLICT (tenant_id, entry_id) DO UPDATE SET segment = excluded.segment, owner_id = excluded.owner_id;
        """
    }

    /// In E.164, or in local form without the plus sign.
    static func number(_ tenant: Int32, _ id: Int, _ number: String) -> String {
        let isLocal = !number.hasPrefix("+")
        return """
            INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
            VALUES (\(tenant), '\(number)', '\(Self.id(id))', 'telephone1', 'raw', '\(isLocal ? "local" : "international")', ltrim('\(number)', '+'))
            ON CONFLICT DO NOTHING;
            """
    }

    /// A request of a caller to be called back, whose record in Dynamics regards an entry.
    static func callback(_ tenant: Int32, _ id: Int, _ number: String, regarding: Int? = nil, isOpen: Bool) -> String {
        """
        INSERT INTO hub.callback (tenant_id, callback_id, callback_day, state, list_id, number, requested_at, enreach_state, content_hash, activity_id,
            record_state, written_at, regarding_table, regarding_id)
        VALUES (\(tenant), '\(Self.id(id))', now()::date, 'written', gen_random_uuid(), '\(number)', now(), 'closed', 0, gen_random_uuid(),
            '\(isOpen ? "open" : "completed")', now(), \(regarding.map { "'contact', '\(Self.id($0))'" } ?? "NULL, NULL"))
        ON CONFLICT (tenant_id, callback_id) DO UPDATE SET record_state = excluded.record_state, number = excluded.number;
        """
    }
}
