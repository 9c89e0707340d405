import Enreach
import FoundationEssentials
import Model
import Postgres
import Tenants

/// The lists as Enreach shows them, with what the hub knows of their requests.
struct CallbackListStore: Sendable {
    let database: Database
    let book: TenantBook

    static let figures = Statement(
        "callback_list_figures",
        """
        SELECT c.list_id, count(*) FILTER (WHERE c.enreach_state <> 'closed'), max(c.requested_at)
        FROM hub.callback c JOIN hub.tenant t USING (tenant_id)
        WHERE t.name = $1 AND c.callback_day > (now() AT TIME ZONE 'UTC')::date - 31 GROUP BY c.list_id
        """)
    static let tenant = Statement("callback_list_tenant", "SELECT tenant_id FROM hub.tenant WHERE name = $1")
    static let statements = [figures, tenant]

    func lists(of tenant: String, _ connection: TenantConnection) async throws -> [CallbackListSet.List] {
        let listing = try await connection.enreach.callbackLists()
        var figures: [UUID: (Int, Date?)] = [:]
        for row in try await database.query(Self.figures, [tenant]) {
            let (list, open, last) = try row.decode(UUID.self, Int64.self, Date?.self)
            figures[list] = (Int(open), last)
        }
        var profiles = CallbackProfiles([])
        if let id = try await database.query(Self.tenant, [tenant]).first?[0].decode(Int32.self) {
            profiles = try await ProfileStore.read(id, from: database).profiles
        }
        return listing.compactMap { list in
            guard let id = list.id else { return nil }
            return CallbackListSet.List(
                id: id, name: (list.name ?? id.lowercase).tidied(toUTF16: 200), isDeleted: list.isDeleted,
                profile: profiles.profile(list: id)?.name, openRequests: figures[id]?.0 ?? 0, lastRequestAt: figures[id]?.1)
        }
    }
}
