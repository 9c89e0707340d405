import FoundationEssentials
import Jobs
import Logging
import Postgres
public import Runtime
public import ServiceLifecycle

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
        let queue = JobQueue(database: database)
        let instance = InstanceRecord.id(of: context.identity)
        let book = TenantBook(database: database, logger: context.logger)
        let roster = TenantRoster(
            tenants, book: book, database: database, outbound: context.outbound, readiness: context.readiness,
            logger: context.logger)
        let webhooks = WebhookRoute(book: book, queue: queue, logger: context.logger)
        context.health.addRoutes { webhooks.add(to: $0) }
        let listener = try listener(context)
        var configuration = JobWorkerConfiguration()
        configuration.slots = try context.configuration.optional(CallSyncKeys.slots)
        let worker = JobWorker(
            database: database, listener: listener, queue: JobKinds.queue, program: name,
            handlers: handlers(
                database: database, book: book, instance: instance,
                health: TenantHealth(readiness: context.readiness, logger: context.logger), logger: context.logger),
            configuration: configuration, logger: context.logger)
        let record = InstanceRecord(
            id: instance, identity: context.identity, readiness: context.readiness, database: database, logger: context.logger)
        let work = CallSyncWork(
            roster: roster, worker: worker, database: database, readiness: context.readiness, logger: context.logger)
        return (listener.map { [$0] } ?? []) + [roster, record, work] as [any Service]
    }

    /// What it does with each kind of job.
    static func handlers(
        database: Database, book: TenantBook, instance: UUID, health: TenantHealth, logger: Logger
    ) -> [any JobHandler] {
        let intake = Intake(database: database, queue: JobQueue(database: database), instance: instance, logger: logger)
        let writing = CallWriting(database: database, book: book, health: health, instance: instance)
        return [
            CallWriteHandler(core: writing), CallWithdrawHandler(core: writing),
            PollHandler(book: book, intake: intake, health: health), ReadCallHandler(book: book, intake: intake, health: health),
            BackfillHandler(database: database, book: book, intake: intake, health: health),
            PeopleRefreshHandler(database: database, book: book, health: health),
            HousekeepingHandler(database: database, book: book, instance: instance),
        ]
    }

    private static func listener(_ context: ProgramContext) throws -> Listener? {
        guard try context.configuration.value(CallSyncKeys.listen) else { return nil }
        var configuration = context.databaseConfiguration
        if let url = try context.configuration.optional(CallSyncKeys.listenURL) { configuration.connectionString = url }
        return Listener(configuration, logger: context.logger)
    }
}

/// Works on jobs once the tenants are known and there are partitions to note things in.
struct CallSyncWork: Service {
    let roster: TenantRoster
    let worker: JobWorker
    let database: Database
    let readiness: Readiness
    let logger: Logger

    func run() async throws {
        readiness.set("jobs", .unready, "waiting for the tenants")
        guard await prepared() else { return }
        readiness.set("jobs", .ready)
        try await worker.run()
    }

    /// False when the program stops before.
    private func prepared() async -> Bool {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await HousekeepingHandler.makePartitions(database)
                    try await roster.look()
                    return true
                } catch {
                    readiness.set("jobs", .unready, "waiting for the tenants: \(error)")
                    logger.warning("Waiting for the tenants", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: .seconds(1))
                }
            }
            return false
        }
    }
}
