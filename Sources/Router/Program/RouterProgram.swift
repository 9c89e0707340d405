import CScheduling
import Foundation
import Logging
import NIOCore
import NIOPosix
import Postgres
import Privacy
import Routing
public import Runtime
public import ServiceLifecycle

/// The program `router`: what it consists of.
public enum RouterProgram {
    public static let name = "router"

    /// The program, ready to run.
    public static var program: Program {
        Program(name, schema: .router, withoutDatabase: .degraded) { context in try await services(context) }
    }

    /// Its services, in the order in which they start; they stop in the opposite one.
    ///
    /// - Throws: `ConfigurationError`.
    public static func services(_ context: ProgramContext) async throws -> [any Service] {
        let configuration = context.configuration
        context.metrics.describe(
            "trunkline.route.latency", "From the complete question to the answer.",
            buckets: [
                0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
            ])
        let usesDatabase = try configuration.value(RouterKeys.index) == "database"
        let queue = DecisionQueue(mostPerSecond: try configuration.value(RouterKeys.keepRate))
        let lookups =
            usesDatabase
            ? LookupBatcher(
                database: context.database, workers: try configuration.value(RouterKeys.lookups), logger: context.logger) : nil
        let freshness = Freshness(limit: try configuration.value(RouterKeys.stale))
        let shared = RouteShared(queue: queue, lookups: lookups, counters: RouterCounters())
        let group = MultiThreadedEventLoopGroup.singleton
        let loops = try await RouteLoops(group: group, settings: try settings(configuration), shared: shared)
        tellOfScheduling(context.logger)
        let tls = try tls(configuration, context.logger)
        if let certificate = try configuration.optional(RouterKeys.certificate) {
            context.credentials.add("route", file: certificate)
        }
        let listener = try listener(context)
        let server = RouteServer(
            host: try configuration.value(RouterKeys.host), port: try configuration.value(RouterKeys.port), loops: loops,
            group: group,
            tls: tls, logger: context.logger)
        let keeper = SnapshotKeeper(
            database: context.database, listener: listener, usesDatabaseIndex: usesDatabase, loops: loops, freshness: freshness,
            readiness: context.readiness, logger: context.logger)
        let privacy = try PrivacyKeySource(configuration)
        context.readiness.set(PrivacyKeySource.check, .ready, privacy.summary)
        let instance = InstanceRecord.id(of: context.identity)
        let record = InstanceRecord(
            id: instance, identity: context.identity, readiness: context.readiness, database: context.database,
            logger: context.logger)
        let writer = DecisionWriter(
            queue: queue, database: context.database, instance: instance,
            masks: try configuration.value(RouterKeys.mask),
            erasures: DecisionErasures(keys: privacy, readiness: context.readiness), logger: context.logger)
        let chores = RoutingChores(
            database: context.database, keepDays: Int32(try configuration.value(RouterKeys.keepDays)), logger: context.logger)
        RouterMetrics.begin()
        context.metrics.onScrape {
            RouterMetrics.state(age: freshness.age, waiting: queue.count)
        }
        let optional: [(any Service)?] = [listener, lookups, tls]
        return optional.compactMap { $0 } + [record, chores, keeper, writer, server]
    }

    /// Threads ask for their turns when they begin, and none of them can say that it was refused: here it is tried once.
    private static func tellOfScheduling(_ logger: Logger) {
        let refused = scheduling_refused(RouteLoops.turn)
        guard refused != 0 else { return }
        logger.notice(
            "The system refuses what the router asks of its scheduler: answers may wait while numbers are read",
            metadata: ["error": "\(String(cString: strerror(refused)))"])
    }

    private static func settings(_ configuration: ProgramConfiguration) throws -> RouteSettings {
        var settings = RouteSettings()
        settings.mostBody = try configuration.value(RouterKeys.body)
        settings.deadline = .nanoseconds(nanoseconds(try configuration.value(RouterKeys.deadline)))
        settings.mostInFlight = try configuration.value(RouterKeys.inFlight)
        settings.mostConnections = try configuration.value(RouterKeys.connections)
        settings.requestPatience = UInt64(nanoseconds(try configuration.value(RouterKeys.requestPatience)))
        settings.idlePatience = UInt64(nanoseconds(try configuration.value(RouterKeys.idlePatience)))
        settings.keeping = RouteSettings.Keeping(rawValue: try configuration.value(RouterKeys.keep)) ?? .all
        return settings
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }

    private static func tls(_ configuration: ProgramConfiguration, _ logger: Logger) throws -> TLSFiles? {
        let key = try configuration.optional(RouterKeys.key)
        guard let certificate = try configuration.optional(RouterKeys.certificate) else {
            guard key == nil else {
                throw configuration.error(
                    RouterKeys.key, "stands without a certificate", remedy: "set route.certificate_file, too")
            }
            return nil
        }
        guard let key else {
            throw configuration.error(RouterKeys.certificate, "stands without its key", remedy: "set route.key_file, too")
        }
        do {
            return try TLSFiles(certificate: certificate, key: key.path, logger: logger)
        } catch {
            throw configuration.error(RouterKeys.certificate, "can't be used: \(error)", remedy: "give a PEM file and its key")
        }
    }

    private static func listener(_ context: ProgramContext) throws -> Listener? {
        guard try context.configuration.value(RouterKeys.listen) else { return nil }
        var configuration = context.databaseConfiguration
        if let url = try context.configuration.optional(RouterKeys.listenURL) { configuration.connectionString = url }
        return Listener(configuration, logger: context.logger)
    }
}
