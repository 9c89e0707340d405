import Logging
import Postgres
import Routing
import ServiceLifecycle

/// What has to be done now and then: partitions ahead and retention, and who talked to whom last.
struct RoutingChores: Service {
    let database: Database
    let keepDays: Int32
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var minute = 0
            while !Task.isCancelled {
                await round(minute)
                minute += 1
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }

    private func round(_ minute: Int) async {
        do {
            if minute % 60 == 0 {
                try await DecisionStore.makePartitions(on: database)
                try await DecisionStore.dropPartitions(keepingDays: keepDays, on: database)
            }
            // After a start the last month counts, then what changed since the last look, and a little more.
            let minutes: Int32 = minute == 0 ? 31 * 24 * 60 : 5
            for tenant in try await database.withConnection({ try await RouteStateStore.all(on: $0) }) {
                try await DecisionStore.gatherAgents(tenant: tenant.tenant, since: minutes, on: database)
            }
        } catch {
            logger.notice("Chores of routing were put off", metadata: ["error": "\(error)"])
        }
    }
}
