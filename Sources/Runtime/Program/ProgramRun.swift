import Dispatch
import Glibc
import Logging
import Postgres
import Schema
import ServiceLifecycle
import UnixSignals

/// One run of a program, from its first service to its last.
struct ProgramRun: Sendable {
    let configuration: ProgramConfiguration
    let identity: InstanceIdentity
    let logger: Logger
    let registry: PrometheusRegistry
    let databaseLoss: Readiness.State
    /// Where traces go, and the queue that the process' tracer fills; nil without traces.
    let traces: (settings: TraceSettings, queue: SpanQueue)?

    func run(_ start: @Sendable (ProgramContext) async throws -> [any Service]) async throws -> Int32 {
        let readiness = Readiness()
        readiness.set("program", .unready, "starting")
        let context = try context(readiness)
        let database = context.database
        let gate = StartGate.database(database, lossMeans: databaseLoss, readiness: readiness, logger: logger)
        showItself(context)
        do {
            let services = try await start(context).map(gate.holding)
            try await group(
                [context.health] + exporter(context) + [database, gate, gate.holding(context.figures)] + services, readiness
            ).run()
        } catch {
            await context.outbound.shutDown()
            if !(error is ConfigurationError || error is GateRefusal) {
                logger.critical("Ended by an error", metadata: ["error": "\(error)"])
            }
            throw error
        }
        await context.outbound.shutDown()
        logger.info("Stopped")
        return ExitCode.success
    }

    /// Makes what ``run(_:)`` would start, and starts none of it: whatever a component refuses of its configuration it refuses here.
    func check(_ start: @Sendable (ProgramContext) async throws -> [any Service]) async throws {
        let context = try context(Readiness())
        do {
            _ = try await start(context)
            _ = try configuration.value(CommonKeys.shutdownTimeout)
        } catch {
            await context.outbound.shutDown()
            throw error
        }
        await context.outbound.shutDown()
    }

    /// Opens nothing yet.
    private func context(_ readiness: Readiness) throws -> ProgramContext {
        let health = HealthServer(
            identity: identity, readiness: readiness, metrics: registry, host: try configuration.value(CommonKeys.httpHost),
            port: try configuration.value(CommonKeys.httpPort), logger: logger.quietAtItsEnd)
        let databaseConfiguration = try DatabaseSettings.readForProgram(configuration, program: identity.program)
        let database = Database(databaseConfiguration, logger: logger)
        return ProgramContext(
            identity: identity, configuration: configuration, logger: logger, metrics: registry, readiness: readiness,
            database: database, databaseConfiguration: databaseConfiguration, health: health, outbound: OutboundClients(),
            figures: ScrapedFigures(database: database, logger: logger), credentials: CredentialFigures())
    }

    /// What every program has on its page of metrics.
    private func showItself(_ context: ProgramContext) {
        ProgramMetrics.build(identity)
        let health = HealthFigures(context.readiness)
        let limit = context.databaseConfiguration.maximumConnections
        registry.onScrape {
            health.collect()
            context.credentials.collect()
            context.figures.scraped()
            ProgramMetrics.pool(
                context.database.status, limit: limit, isThere: context.readiness[StartGate.databaseName]?.state == .ready)
        }
        ProgramMetrics.schema(found: nil, known: SchemaGate.version)
        context.figures.add("schema", every: .seconds(60)) { database in
            ProgramMetrics.schema(found: try await SchemaGate.databaseVersion(database), known: SchemaGate.version)
        }
    }

    private func exporter(_ context: ProgramContext) -> [any Service] {
        guard let traces else { return [] }
        return [
            TraceExporter(
                traces.settings, queue: traces.queue, http: context.outbound.client(), identity: identity, logger: logger)
        ]
    }

    /// They start in this order, all at once, and stop one after another in the opposite order.
    private func group(_ services: [any Service], _ readiness: Readiness) throws -> ServiceGroup {
        let timeout = try configuration.value(CommonKeys.shutdownTimeout)
        let last = StopSignal(readiness: readiness, timeout: timeout, logger: logger)
        return ServiceGroup(
            configuration: .init(
                services: (services + [last]).map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
    }
}

/// The first service to hear of a graceful stop: takes the program out of rotation, and sees that it ends in time.
private struct StopSignal: Service {
    let readiness: Readiness
    let timeout: Duration
    let logger: Logger

    func run() async throws {
        readiness.set("program", .ready, "running")
        logger.info("Started")
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(StartCode.delay)) { StartCode.release() }
        try? await gracefulShutdown()
        readiness.set("program", .unready, "stopping")
        logger.info("Stopping", metadata: ["within": "\(timeout)"])
        let logger = logger
        // Not a task: it must fire even when every thread of the program is stuck.
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(timeout.components.seconds) * 1000)) {
            logger.critical("Stopping took too long; what was in hand is taken over by others")
            _exit(ExitCode.stopTookTooLong)
        }
    }
}
