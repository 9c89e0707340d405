import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Privacy
public import Runtime
public import ServiceLifecycle
import Tenants

/// The program `callback-sync`: what it consists of.
public enum CallbackSyncProgram {
    public static let name = "callback-sync"

    /// The program, ready to run.
    public static var program: Program {
        Program(name, schema: .callbackSync) { context in try services(context) }
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
            plan: CallbackSyncPlan.plan, logger: context.logger)
        try WebhookRoute(context, book: book).add(to: context.health)
        let lists = try CallbackListRoute(context, book: book)
        lists?.add(to: context.health)
        let figures = HubFigures(context.figures)
        figures.addJobs()
        figures.addCallbacks()
        figures.addWebhooks(of: tenants)
        TenantConfiguration.addEnds(of: tenants, to: context.credentials)
        let listener = try WorkerKeys.listener(context)
        let worker = JobWorker(
            database: database, listener: listener, queue: CallbackJobs.queue, program: name,
            handlers: handlers(
                database: database, book: book, instance: instance,
                health: TenantHealth(readiness: context.readiness, logger: context.logger)),
            configuration: try WorkerKeys.worker(context), logger: context.logger)
        let record = InstanceRecord(
            id: instance, identity: context.identity, readiness: context.readiness, database: database, logger: context.logger)
        let work = TenantWork(roster: roster, worker: worker, readiness: context.readiness, logger: context.logger) {
            try await HistoryPartitions.make(on: database)
        }
        var services: [any Service] = []
        if let listener { services.append(listener) }
        if let lists { services.append(lists.cache) }
        return services + [roster, record, work]
    }

    /// What it does with each kind of job.
    static func handlers(
        database: Database, book: TenantBook, instance: UUID, health: TenantHealth
    ) -> [any JobHandler] {
        let intake = CallbackIntake(database: database, queue: JobQueue(database: database), instance: instance)
        return [
            CallbackPollHandler(book: book, intake: intake, health: health),
            ProfileCheckHandler(book: book, intake: intake, health: health),
            ReadCallbacksHandler(book: book, intake: intake, health: health),
            CallbackWriteHandler(database: database, book: book, health: health, instance: instance),
            CallbackWaitHandler(database: database, book: book),
            CallbackMatchHandler(database: database, book: book),
            CallbackRelateHandler(database: database, book: book, health: health, instance: instance),
            CallbackEraseHandler(database: database, book: book, health: health, instance: instance),
            CallbackCloseHandler(database: database, book: book, health: health, instance: instance),
            CallbackFollowHandler(book: book, intake: intake, health: health),
            CallbackHousekeepingHandler(database: database, book: book),
        ]
    }
}
