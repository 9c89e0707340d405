import FoundationEssentials
import Jobs
import Postgres
import Privacy
public import Runtime
public import ServiceLifecycle
import Tenants

/// The program `user-sync`: people, settings and the directory.
public enum UserSyncProgram {
    public static let name = "user-sync"

    /// The program, ready to run.
    public static var program: Program {
        Program(name, schema: .userSync) { context in try services(context) }
    }

    /// Its services, in the order in which they start; they stop in the opposite one.
    ///
    /// - Throws: `ConfigurationError`.
    public static func services(_ context: ProgramContext) throws -> [any Service] {
        let tenants = try TenantConfiguration.all(context.configuration)
        let database = context.database
        let privacy = try PrivacyKeySource(context.configuration)
        context.readiness.set(PrivacyKeySource.check, .ready, privacy.summary)
        let book = TenantBook(database: database, privacy: privacy, logger: context.logger)
        let parts = UserSyncParts.all
        let roster = TenantRoster(
            tenants, book: book, database: database, outbound: context.outbound, readiness: context.readiness,
            plan: plan(parts), logger: context.logger)
        let instance = InstanceRecord.id(of: context.identity)
        let ground = UserSyncGround(
            database: database, queue: JobQueue(database: database), book: book,
            health: TenantHealth(readiness: context.readiness, logger: context.logger), instance: instance,
            logger: context.logger)
        let webhooks = DynamicsWebhookRoute(ground: ground, parts: parts)
        webhooks.add(to: context.health)
        let figures = HubFigures(context.figures)
        figures.addJobs()
        figures.addDirectory()
        TenantConfiguration.addEnds(of: tenants, to: context.credentials)
        let listener = try WorkerKeys.listener(context)
        let worker = JobWorker(
            database: database, listener: listener, queue: UserSyncJobs.queue, program: name,
            handlers: parts.flatMap { $0.handlers(ground) }, configuration: try WorkerKeys.worker(context),
            logger: context.logger)
        let record = InstanceRecord(
            id: instance, identity: context.identity, readiness: context.readiness, database: database, logger: context.logger)
        let work = TenantWork(roster: roster, worker: worker, readiness: context.readiness, logger: context.logger) {
            try await HistoryPartitions.make(on: database)
        }
        return (listener.map { [$0] } ?? []) + [roster, record, work] as [any Service]
    }

    /// The plans of all parts as one.
    static func plan(_ parts: [UserSyncPart]) -> TenantPlan {
        TenantPlan(
            schedules: { tenant in parts.flatMap { $0.plan.schedules(tenant) } },
            firstJobs: { tenant in parts.flatMap { $0.plan.firstJobs(tenant) } })
    }
}
