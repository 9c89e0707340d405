import FoundationEssentials
import Postgres

/// Entries and their numbers, a page at a time.
enum EntryStore {
    static let entries = Statement(
        "directory_entries_stored",
        """
        SELECT entry_id, name, owner_id, account_id, is_active, merged_into, segment, language, row_version
        FROM hub.directory_entry WHERE tenant_id = $1 AND entry_id = ANY ($2)
        """)

    static let numbers = Statement(
        "directory_numbers_stored",
        """
        SELECT entry_id, field, number, raw, form, suffix, extension
        FROM hub.directory_number WHERE tenant_id = $1 AND entry_id = ANY ($2)
        """)

    static let putEntries = Statement(
        "directory_entries_put",
        """
        INSERT INTO hub.directory_entry AS e (
            tenant_id, entry_table, generation, entry_id, name, owner_id, account_id, is_active, merged_into, segment, language,
            row_version)
        SELECT $1, $2, $3, * FROM unnest(
            $4::uuid[], $5::text[], $6::uuid[], $7::uuid[], $8::boolean[], $9::uuid[], $10::text[], $11::text[], $12::bigint[])
        ON CONFLICT (tenant_id, entry_id) DO UPDATE SET
            entry_table = excluded.entry_table, generation = excluded.generation, name = excluded.name,
            owner_id = excluded.owner_id, account_id = excluded.account_id, is_active = excluded.is_active,
            merged_into = excluded.merged_into, segment = excluded.segment, language = excluded.language,
            row_version = excluded.row_version, changed_at = now()
        """)

    /// Rows that a load sees as they are stored.
    static let seen = Statement(
        "directory_entries_seen",
        """
        UPDATE hub.directory_entry SET generation = $3
        WHERE tenant_id = $1 AND entry_id = ANY ($2) AND generation < $3
        """)

    static let removeEntries = Statement(
        "directory_entries_remove", "DELETE FROM hub.directory_entry WHERE tenant_id = $1 AND entry_id = ANY ($2)")

    static let removeNumbers = Statement(
        "directory_numbers_remove",
        """
        DELETE FROM hub.directory_number n
        USING unnest($2::uuid[], $3::text[], $4::text[]) AS g (entry_id, number, field)
        WHERE n.tenant_id = $1 AND n.number = g.number AND n.entry_id = g.entry_id AND n.field = g.field
        """)

    static let putNumbers = Statement(
        "directory_numbers_put",
        """
        INSERT INTO hub.directory_number (tenant_id, entry_id, number, field, raw, form, suffix, extension)
        SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
        ON CONFLICT (tenant_id, number, entry_id, field) DO UPDATE SET
            raw = excluded.raw, form = excluded.form, suffix = excluded.suffix, extension = excluded.extension
        """)

    static let changed = Statement("directory_changed", "SELECT hub.directory_changed($1, $2, $3, $4, $5)")

    /// Entries that the last load did not see, a portion at a time.
    static let unseen = Statement(
        "directory_unseen",
        """
        SELECT entry_id FROM hub.directory_entry
        WHERE tenant_id = $1 AND entry_table = $2 AND generation < $3 AND entry_id > $4
        ORDER BY entry_id LIMIT $5
        """)

    static let statements = [
        entries, numbers, putEntries, seen, removeEntries, removeNumbers, putNumbers, changed, unseen,
    ]

    /// The entries of these ids, with their numbers.
    static func stored(_ ids: [UUID], tenant: Int32, on connection: Connection) async throws -> [UUID: DirectoryEntry] {
        let answers = try await connection.pipeline([Request(entries, [tenant, ids]), Request(numbers, [tenant, ids])])
        var stored = Dictionary(minimumCapacity: answers[0].count) as [UUID: DirectoryEntry]
        for row in answers[0] {
            let entry = try DirectoryEntry(row)
            stored[entry.id] = entry
        }
        for row in answers[1] {
            let (entry, field, number, raw, form, suffix, behind) = try row.decode(
                UUID.self, String.self, String.self, String.self, String.self, String.self, String?.self)
            stored[entry]?.numbers.append(
                DirectoryNumber(
                    field: field, number: number, raw: raw, form: DirectoryNumber.Form(rawValue: form) ?? .local, suffix: suffix,
                    extension: behind))
        }
        return stored
    }

    /// Writes a change. Numbers are taken away before others are put.
    static func apply(
        _ change: PageChange, table: DirectoryTable, generation: Int64, tenant: Int32
    ) -> [Request] {
        var requests: [Request] = []
        if !change.numbersGone.isEmpty {
            let gone = change.numbersGone
            requests.append(Request(removeNumbers, [tenant, gone.map(\.entry), gone.map(\.number), gone.map(\.field)]))
        }
        if !change.removed.isEmpty { requests.append(Request(removeEntries, [tenant, change.removed])) }
        if !change.unchanged.isEmpty { requests.append(Request(seen, [tenant, change.unchanged, generation])) }
        if !change.put.isEmpty {
            let put = change.put
            requests.append(
                Request(
                    putEntries,
                    [
                        tenant, table.rawValue, generation, put.map(\.id), put.map(\.name), put.map(\.ownerID),
                        put.map(\.accountID), put.map(\.isActive), put.map(\.mergedInto), put.map(\.segment),
                        put.map(\.language), put.map(\.version),
                    ]))
        }
        if !change.numbersPut.isEmpty {
            let put = change.numbersPut
            requests.append(
                Request(
                    putNumbers,
                    [
                        tenant, put.map(\.entry), put.map(\.number.number), put.map(\.number.field), put.map(\.number.raw),
                        put.map(\.number.form.rawValue), put.map(\.number.suffix), put.map(\.number.extension),
                    ]))
        }
        return requests
    }

    /// Tells who keeps a copy. Last in its transaction: it holds the tenant's version until the commit.
    static func tell(_ change: PageChange, tenant: Int32) -> Request {
        Request(changed, [tenant, change.changed, change.lost.map(\.entry), change.lost.map(\.number), false])
    }

    static func tellReload(tenant: Int32) -> Request {
        Request(changed, [tenant, [] as [UUID], [] as [UUID], [] as [String], true])
    }
}

extension DirectoryEntry {
    fileprivate init(_ row: Row) throws {
        let (id, name, owner, account, isActive, merged, segment, language, version) = try row.decode(
            UUID.self, String?.self, UUID?.self, UUID?.self, Bool.self, UUID?.self, String?.self, String?.self, Int64.self)
        self.init(
            id: id, name: name, ownerID: owner, accountID: account, isActive: isActive, mergedInto: merged, segment: segment,
            language: language, version: version, numbers: [], unreadable: 0)
    }
}
