import Operations

/// The tenant that a page is about: the one that the address names, else the first.
struct TenantChoice: Sendable {
    let tenant: Tenant
    let all: [Tenant]

    /// - Throws: `OperatorError` when there is none, or none of that name.
    init(_ request: ConsoleRequest) async throws {
        let store = TenantStore(database: request.database)
        all = try await store.all()
        if let name = request.query["tenant"] {
            if let found = all.first(where: { $0.name == name }) {
                tenant = found
            } else {
                tenant = try await store.named(name as String)
            }
        } else if let first = all.first {
            tenant = first
        } else {
            throw OperatorError.failed("There is no tenant yet: add one with `trunkline tenants add NAME`.")
        }
    }

    /// To choose another; empty when there is no other.
    var choices: [Choices] {
        all.count < 2 ? [] : [Choices("tenant", "Tenant", all.map(\.name), chosen: tenant.name, any: nil)]
    }

    /// An address that stays with the tenant.
    func link(_ path: String, _ query: Query = Query()) -> String { query.setting("tenant", tenant.name).link(path) }
}
