import Logging
import Postgres
import Routing
import ServiceLifecycle

/// What has to be done now and then: partitions ahead and retention; who talked to whom last, and who waits to be called back.
struct RoutingChores: Service {
    let database: Database
    let keepDays: Int32
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                await self.round(round)
                round += 1
                try? await Task.sleep(for: .seconds(10))
            }
        }
    }

    private func round(_ round: Int) async {
        if round % 360 == 0 {
            await put {
                try await DecisionStore.makePartitions(on: database)
                try await DecisionStore.dropPartitions(keepingDays: keepDays, on: database)
            }
        }
        var tenants: [RouteStateStore.Versions] = []
        await put { tenants = try await database.withConnection { try await RouteStateStore.all(on: $0) } }
        for tenant in tenants {
            // One tenant's mishap is not the others'.
            await put { try await gather(tenant.tenant, round) }
        }
    }

    private func gather(_ tenant: Int32, _ round: Int) async throws {
        try await DecisionStore.gatherCallbacks(tenant: tenant, on: database)
        guard round % 6 == 0 else { return }
        // After a start the last month counts, then what changed since the last look, and a little more.
        try await DecisionStore.gatherAgents(tenant: tenant, since: round == 0 ? 31 * 24 * 60 : 5, on: database)
        try await DecisionStore.gatherRivals(tenant: tenant, since: 5, on: database)
    }

    private func put(_ chore: () async throws -> Void) async {
        do {
            try await chore()
        } catch {
            logger.notice("Chores of routing were put off", metadata: ["error": "\(error)"])
        }
    }
}
