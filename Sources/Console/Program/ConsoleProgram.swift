import Logging
import Postgres
public import Runtime
public import ServiceLifecycle
import Tenants

/// The program `console`: what it consists of.
public enum ConsoleProgram {
    public static let name = "console"

    /// The program, ready to run.
    public static var program: Program {
        Program(name, schema: .console) { context in try services(context) }
    }

    /// Its services, in the order in which they start; they stop in the opposite one.
    ///
    /// - Throws: `ConfigurationError`.
    public static func services(_ context: ProgramContext) throws -> [any Service] {
        let settings = try ConsoleSettings(context.configuration)
        let reading = Database(Self.reading(context.databaseConfiguration, settings), logger: context.logger)
        let tls = try tls(context.configuration, logger: context.logger)
        if let certificate = try context.configuration.optional(ConsoleKeys.certificate) {
            context.credentials.add("console", file: certificate)
        }
        let authority = try context.configuration.optional(ConsoleKeys.authority)
        let provider = try OpenIDSettings(context.configuration, publicURL: settings.publicURL).map {
            OpenIDProvider($0, client: context.outbound.client(trusting: authority))
        }
        let services = ConsoleServices.make(
            settings, acting: context.database, reading: reading, provider: provider, logger: context.logger)
        let server = ConsoleServer(services: services, tls: tls, logger: context.logger)
        context.metrics.onScrape { ConsoleMetrics.live(services.live.count) }
        let record = InstanceRecord(
            id: InstanceRecord.id(of: context.identity), identity: context.identity, readiness: context.readiness,
            database: context.database, logger: context.logger)
        // Live answers end before the server, which waits for its answers.
        return [reading, record, ConsoleChores(services: services)] + (tls.map { [$0] } ?? []) + [server, services.live]
    }

    /// A pool that can't write, and whose statements end before their readers go away.
    static func reading(_ configuration: DatabaseConfiguration, _ settings: ConsoleSettings) -> DatabaseConfiguration {
        var configuration = configuration
        configuration.statementTimeout = settings.pagePatience
        configuration.acquireTimeout = .seconds(5)
        configuration.settings["default_transaction_read_only"] = "on"
        // Behind a pooler as well: the plans of lists look dear enough to be compiled, which takes ten times as long as running them.
        configuration.settings["jit"] = "off"
        // Filters that are not set, and numbers that call forty thousand times: a plan for any values is a plan for none of them.
        configuration.settings["plan_cache_mode"] = "force_custom_plan"
        return configuration
    }
}
