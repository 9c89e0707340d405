import Dynamics
import Enreach
import Jobs
import Model
package import Logging
package import Postgres
package import Runtime
import ServiceLifecycle

/// Sees to it that each configured tenant that is in the database is connected, has its schedules and its budget, and that what is
/// missing stands on `/health/ready`. Looks again every few seconds, so that tenants may be added and settings changed at any time.
package actor TenantRoster: Service {
    private let configurations: [TenantConfiguration]
    private let book: TenantBook
    private let database: Database
    private let outbound: OutboundClients
    private let readiness: Readiness
    private let plan: TenantPlan
    private let logger: Logger
    private let budgets: AsyncStream<PostgresRequestBudget>
    private let addBudget: AsyncStream<PostgresRequestBudget>.Continuation
    private var connected: Set<String> = []
    private var noted: Set<String> = []
    private var scheduled: [String: [Schedule]] = [:]

    /// A changed interval is in force within five seconds.
    package static let pause: Duration = .seconds(4)

    package init(
        _ configurations: [TenantConfiguration], book: TenantBook, database: Database, outbound: OutboundClients,
        readiness: Readiness, plan: TenantPlan, logger: Logger
    ) {
        self.configurations = configurations
        self.book = book
        self.database = database
        self.outbound = outbound
        self.readiness = readiness
        self.plan = plan
        self.logger = logger
        (budgets, addBudget) = AsyncStream.makeStream()
    }

    /// Runs the tenants' budgets, and keeps looking.
    package func run() async throws {
        let budgets = budgets
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await self.keepLooking() }
            // Ends when `keepLooking` does.
            for await budget in budgets { group.addTask { try await budget.run() } }
        }
    }

    private func keepLooking() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.pause)
                do { try await self.look() } catch {
                    self.logger.warning("The tenants could not be read", metadata: ["error": "\(error)"])
                }
            }
        }
        addBudget.finish()
    }

    /// One look. The first must have succeeded before jobs are worked on.
    package func look() async throws {
        let present = Dictionary(uniqueKeysWithValues: try await book.all().map { ($0.name, $0) })
        for configuration in configurations {
            guard let tenant = present[configuration.name] else {
                readiness.set(
                    "tenant \(configuration.name)", .degraded,
                    "not in the database: run `trunkline tenants add \(configuration.name)`, or correct its name in the configuration"
                )
                continue
            }
            if connected.insert(configuration.name).inserted { connect(configuration, tenant) }
            await note(configuration, tenant)
            if tenant.isEnabled { try await schedule(tenant) }
            _ = TenantHealth.canTellErased(tenant, readiness)
            readiness.set("tenant \(tenant.name)", .ready, tenant.isEnabled ? "" : "switched off")
        }
    }

    private func connect(_ configuration: TenantConfiguration, _ tenant: TenantSituation) {
        var logger = logger
        logger[metadataKey: "tenant"] = "\(tenant.name)"
        let budget = PostgresRequestBudget(database: database, tenant: tenant.id, limits: configuration.limits, logger: logger)
        addBudget.yield(budget)
        let enreach = EnreachClient(
            configuration: configuration.enreach, http: outbound.client(trusting: configuration.enreachAuthority), logger: logger)
        let dynamics = DynamicsClient(
            configuration: configuration.dynamics, budget: budget,
            http: outbound.client(trusting: configuration.dynamicsAuthority),
            logger: logger)
        var token: (@Sendable () -> String)?
        if let secret = configuration.webhookToken { token = { secret.current().reveal() } }
        var dynamicsToken: (@Sendable () -> String)?
        if let secret = configuration.dynamicsWebhookToken { dynamicsToken = { secret.current().reveal() } }
        book.connect(
            TenantConnection(
                name: tenant.name, enreach: enreach, dynamics: dynamics, webhookToken: token, dynamicsWebhookToken: dynamicsToken)
        )
    }

    /// Writes down where the tenant's Dynamics is, for links into it. Nothing else hangs on it, so a failure is only told, and tried again
    /// at the next look.
    private func note(_ configuration: TenantConfiguration, _ tenant: TenantSituation) async {
        guard !noted.contains(tenant.name), let address = configuration.environment else { return }
        do {
            try await database.execute(TenantStore.environment, [tenant.id, address])
            noted.insert(tenant.name)
        } catch {
            logger.warning(
                "The address of Dynamics could not be written down", metadata: ["tenant": "\(tenant.name)", "error": "\(error)"])
        }
    }

    private func schedule(_ tenant: TenantSituation) async throws {
        let schedules = plan.schedules(tenant)
        guard scheduled[tenant.name] != schedules else { return }
        try await JobSchedules(database: database).ensure(schedules)
        let first = plan.firstJobs(tenant)
        if !first.isEmpty { try await JobQueue(database: database).enqueue(first) }
        scheduled[tenant.name] = schedules
    }
}
