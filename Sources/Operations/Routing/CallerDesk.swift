package import Postgres
package import Routing

/// What is known of a caller now, as a router would find it.
package struct CallerDesk: Sendable {
    let database: Database

    package init(database: Database) { self.database = database }

    /// - Parameter text: the number as it came.
    package func caller(_ text: String, tenant: Tenant) async throws -> (facts: CallerFacts, isInternal: Bool) {
        guard case .number(let number) = RouteCall.Caller(text) else { return (.unknown, false) }
        return try await database.withTransaction(.init(isolation: .repeatableRead, readOnly: true)) { connection in
            if try await RouteStateStore.ownNumbers(tenant: tenant.id, on: connection).contains(number) {
                return (.unknown, true)
            }
            let people = try await RouteStateStore.people(tenant: tenant.id, on: connection)
            let rulings = try await RouteStateStore.rulings(tenant: tenant.id, on: connection)
            let policy = try await RouteStateStore.policy(tenant: tenant.id, on: connection)
            let cards = try await NumberLookup.cards([number], tenant: tenant.id, rulings: rulings, policy: policy) {
                try await connection.pipeline($0)
            }
            return (cards[number]?.facts(people: people) ?? .unknown, false)
        }
    }
}
