package import Jobs
import Logging
package import Postgres
package import Runtime

/// What a program that works on jobs is told.
package enum WorkerKeys {
    package static let listen = ConfigurationKey(
        "jobs.listen", .boolean, default: "true",
        "Whether to hear of new jobs by LISTEN, on a direct connection of its own. Behind a pooler that takes `jobs.listen_url`; else jobs are polled for."
    )
    package static let listenURL = ConfigurationKey(
        "jobs.listen_url", .connectionString, "Direct connection to listen on, where `database.url` leads through a pooler.")
    package static let slots = ConfigurationKey(
        "jobs.slots", .integer(1...256),
        "Handler calls at once. Without it, twice as many as all kinds of jobs have places together; a kind with one place has one."
    )

    package static let all: [any DeclaredKey] = [listen, listenURL, slots]

    /// Nil: the program does not listen.
    package static func listener(_ context: ProgramContext) throws(ConfigurationError) -> Listener? {
        guard try context.configuration.value(listen) else { return nil }
        var configuration = context.databaseConfiguration
        if let url = try context.configuration.optional(listenURL) {
            configuration.connectionString = url
        } else if configuration.pooling == .transaction {
            context.logger.notice("No jobs.listen_url beside the pooler: jobs are polled for")
            return nil
        }
        return Listener(configuration, logger: context.logger)
    }

    package static func worker(_ context: ProgramContext) throws(ConfigurationError) -> JobWorkerConfiguration {
        var configuration = JobWorkerConfiguration()
        configuration.slots = try context.configuration.optional(slots)
        configuration.onTrouble = TenantWork.tell(context.readiness)
        return configuration
    }
}
