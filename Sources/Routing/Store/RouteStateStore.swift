package import Foundation
package import Model
package import Postgres

/// What a router keeps in memory of each tenant: how new it is, and the small parts of it.
package struct RouteStateStore: Sendable {
    package static let statements = [versions, people, ownNumbers, rulings, settings, changedEntries, changedRows, numbersOf]

    /// How new everything of a tenant is.
    package struct Versions: Sendable, Hashable {
        package var tenant: Int32
        package var name: String
        /// Of rules and keys.
        package var rules: Int64
        package var numbers: Int64
        package var directory: Int64
        /// Copies of a lower version of the directory have to be read anew.
        package var directoryReload: Int64
        package var people: Int32
        package var settings: Int32
        package var scope: NumberLookup.Scope
    }

    /// Every tenant in use, in one statement.
    package static func all(on connection: Connection) async throws -> [Versions] {
        try await connection.query(versions).map { row in
            let (tenant, name, rules, numbers, directory, reload, people, settings, hasLocalForms, hasRows) = try row.decode(
                Int32.self, String.self, Int64.self, Int64.self, Int64.self, Int64.self, Int32.self, Int32.self, Bool.self,
                Bool.self)
            return Versions(
                tenant: tenant, name: name, rules: rules, numbers: numbers, directory: directory, directoryReload: reload,
                people: people, settings: settings,
                scope: .init(hasLocalForms: hasLocalForms, hasRows: hasRows))
        }
    }

    /// One tenant in use; nil when there is none such.
    package static func one(_ tenant: Int32, on connection: Connection) async throws -> Versions? {
        try await all(on: connection).first { $0.tenant == tenant }
    }

    /// The number by which each user of Dynamics is reached: of Enreach's user, else the mobile number.
    package static func people(tenant: Int32, on connection: Connection) async throws -> [UUID: E164] {
        var numbers: [UUID: E164] = [:]
        for row in try await connection.query(Self.people, [tenant]) {
            let (user, number) = try row.decode(UUID.self, String.self)
            numbers[user] = E164(number)
        }
        return numbers
    }

    /// The tenant's own numbers: who calls from one is a colleague.
    package static func ownNumbers(tenant: Int32, on connection: Connection) async throws -> Set<E164> {
        Set(try await connection.query(ownNumbers, [tenant]).compactMap { E164(try $0[0].decode(String.self)) })
    }

    /// What administrators decided. A choice of a record that was merged since follows it; one of a record that is gone counts for nothing.
    package static func rulings(tenant: Int32, on connection: Connection) async throws -> [E164: CallerChoice.Ruling] {
        var rulings: [E164: CallerChoice.Ruling] = [:]
        for row in try await connection.query(Self.rulings, [tenant]) {
            let (text, isSomebody, id, table, owner, segment, language) = try row.decode(
                String.self, Bool.self, UUID?.self, String?.self, UUID?.self, String?.self, String?.self)
            guard let number = E164(text) else { continue }
            if !isSomebody {
                rulings[number] = .nobody
            } else if let id, let table = table.flatMap(RowReference.Table.init(rawValue:)) {
                let entry = DirectoryCandidate(RowReference(table, id), ownerID: owner)
                rulings[number] = .chosen(Candidate(entry, segment: segment, language: language))
            }
        }
        return rulings
    }

    /// How the tenant tells apart those who carry the same number.
    package static func policy(tenant: Int32, on connection: Connection) async throws -> MatchPolicy {
        let stored = try await connection.query(settings, [tenant]).map { try $0.decode(String.self, String.self) }
        return MatchPolicy(Settings.reading(stored.map { (name: $0.0, value: $0.1) }, version: 0).settings)
    }

    /// Numbers, in E.164 or in local form, whose meaning may have changed since these versions; nil when too many did.
    package static func changed(
        tenant: Int32, directoryAfter directory: Int64, numbersAfter numbers: Int64, most: Int = 50_000, on connection: Connection
    ) async throws -> Set<String>? {
        let entries = try await connection.query(changedEntries, [tenant, directory, Int32(most + 1)])
        let rows = try await connection.query(changedRows, [tenant, numbers, Int32(most + 1)])
        guard entries.count <= most, rows.count <= most else { return nil }
        var changed: Set<String> = []
        var ids: Set<UUID> = []
        for row in entries {
            let (entry, lost) = try row.decode(UUID.self, [String].self)
            ids.insert(entry)
            changed.formUnion(lost)
        }
        for row in rows { changed.insert(try row[0].decode(String.self)) }
        if changed.contains("*") { return nil }
        if !ids.isEmpty {
            for row in try await connection.query(numbersOf, [tenant, Array(ids)]) {
                changed.insert(try row[0].decode(String.self))
            }
        }
        return changed
    }

    static let versions = Statement(
        "route.state.versions",
        """
        SELECT t.tenant_id, t.name,
            coalesce(r.version, 0), coalesce(r.number_version, 0), coalesce(d.version, 0), coalesce(d.reload_version, 0), t.people_version,
            t.setting_version,
            EXISTS (SELECT FROM hub.directory_number n WHERE n.tenant_id = t.tenant_id AND n.form = 'local'),
            EXISTS (SELECT FROM hub.route_number n WHERE n.tenant_id = t.tenant_id)
        FROM hub.tenant t
        LEFT JOIN hub.route_state r USING (tenant_id)
        LEFT JOIN hub.directory_state d USING (tenant_id)
        WHERE t.enabled
        ORDER BY t.tenant_id
        """)

    static let people = Statement(
        "route.state.people",
        """
        SELECT DISTINCT ON (p.system_user_id) p.system_user_id, coalesce(o.number, p.mobile_number)
        FROM hub.person p
        LEFT JOIN hub.own_number o ON o.tenant_id = p.tenant_id AND o.kind = 'user' AND o.enreach_id = p.enreach_user_id
        WHERE p.tenant_id = $1 AND NOT p.disabled AND coalesce(o.number, p.mobile_number) IS NOT NULL
        ORDER BY p.system_user_id, o.number IS NOT DISTINCT FROM p.mobile_number, o.number
        """)

    static let ownNumbers = Statement("route.state.own_numbers", "SELECT number FROM hub.own_number WHERE tenant_id = $1")

    static let rulings = Statement(
        "route.state.rulings",
        """
        SELECT d.number, d.chosen_id IS NOT NULL, e.entry_id, e.entry_table, e.owner_id, e.segment, e.language
        FROM hub.directory_decision d
        LEFT JOIN LATERAL (
            SELECT h.heir_id FROM hub.directory_heirs(d.tenant_id, ARRAY[d.chosen_id]) h ORDER BY h.hops DESC LIMIT 1
        ) c ON d.chosen_id IS NOT NULL
        LEFT JOIN hub.directory_entry e ON e.tenant_id = d.tenant_id AND e.entry_id = c.heir_id AND e.is_active
        WHERE d.tenant_id = $1
        """)

    static let settings = Statement("route.state.settings", "SELECT name, value FROM hub.settings_at($1)")

    static let changedEntries = Statement(
        "route.state.changed_entries",
        "SELECT entry_id, numbers FROM hub.directory_change WHERE tenant_id = $1 AND version > $2 ORDER BY version LIMIT $3")

    static let changedRows = Statement(
        "route.state.changed_rows",
        "SELECT number FROM hub.route_number_change WHERE tenant_id = $1 AND version > $2 ORDER BY version LIMIT $3")

    static let numbersOf = Statement(
        "route.state.numbers_of", "SELECT number FROM hub.directory_number WHERE tenant_id = $1 AND entry_id = ANY ($2)")
}
