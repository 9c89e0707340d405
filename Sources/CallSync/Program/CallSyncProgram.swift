import FoundationEssentials
import Jobs
import Logging
import Postgres
import Privacy
public import Runtime
public import ServiceLifecycle
import Tenants

/// The program `call-sync`: what it consists of.
public enum CallSyncProgram {
    public static let name = "call-sync"

    /// The program, ready to run.
    public static var program: Program {
        Program(name, schema: .callSync) { context in try services(context) }
    }

    /// Its services, in the order in which they start; they stop in the opposite one.
    ///
    /// - Throws: `ConfigurationError`.
    public static func services(_ context: ProgramContext) throws -> [any Service] {
        let tenants = try TenantConfiguration.all(context.configuration)
        let database = context.database
        let instance = InstanceRecord.id(of: context.identity)
        let privacy = try PrivacyKeySource(context.configuration)
        context.readiness.set(PrivacyKeySource.check, .ready, privacy.summary)
        let book = TenantBook(database: database, privacy: privacy, logger: context.logger)
        let roster = TenantRoster(
            tenants, book: book, database: database, outbound: context.outbound, readiness: context.readiness,
            plan: CallSyncPlan.plan, logger: context.logger)
        try WebhookRoute(context, book: book).add(to: context.health)
        let figures = HubFigures(context.figures)
        figures.addJobs()
        figures.addCalls()
        figures.addWebhooks(of: tenants)
        TenantConfiguration.addEnds(of: tenants, to: context.credentials)
        let listener = try WorkerKeys.listener(context)
        let worker = JobWorker(
            database: database, listener: listener, queue: JobKinds.queue, program: name,
            handlers: handlers(
                database: database, book: book, instance: instance,
                health: TenantHealth(readiness: context.readiness, logger: context.logger), logger: context.logger),
            configuration: try WorkerKeys.worker(context), logger: context.logger)
        let record = InstanceRecord(
            id: instance, identity: context.identity, readiness: context.readiness, database: database, logger: context.logger)
        let work = TenantWork(roster: roster, worker: worker, readiness: context.readiness, logger: context.logger) {
            try await HistoryPartitions.make(on: database)
        }
        return (listener.map { [$0] } ?? []) + [roster, record, work] as [any Service]
    }

    /// What it does with each kind of job.
    static func handlers(
        database: Database, book: TenantBook, instance: UUID, health: TenantHealth, logger: Logger
    ) -> [any JobHandler] {
        let intake = Intake(database: database, queue: JobQueue(database: database), instance: instance, logger: logger)
        let writing = CallWriting(database: database, book: book, health: health, instance: instance)
        return [
            CallWriteHandler(core: writing), CallWithdrawHandler(core: writing), CallRelateHandler(core: writing),
            CallEraseHandler(database: database, book: book, health: health, instance: instance),
            CallMatchHandler(database: database, book: book),
            PollHandler(book: book, intake: intake, health: health), ReadCallHandler(book: book, intake: intake, health: health),
            SweepHandler(book: book, intake: intake, health: health),
            BackfillHandler(database: database, book: book, intake: intake, health: health),
            PeopleRefreshHandler(database: database, book: book, health: health),
            HousekeepingHandler(database: database, book: book, instance: instance),
        ]
    }
}
