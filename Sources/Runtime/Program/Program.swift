import Dispatch
import Glibc
import Logging
import Metrics
import NIOCore
public import ServiceLifecycle
import Tracing

/// A long-running program: arguments, configuration, logging, metrics, health, and its services in one group that stops gracefully on
/// SIGTERM and SIGINT.
public struct Program: Sendable {
    private let name: String
    private let schema: ConfigurationSchema
    private let databaseLoss: Readiness.State
    private let start: @Sendable (ProgramContext) async throws -> [any Service]

    /// - Parameters:
    ///   - schema: every setting it knows; unknown ones are refused.
    ///   - databaseLoss: what the program is while the database is away after the start: `degraded` when it does its work without.
    ///   - start: makes the program's services. It must not wait for anything outside the process: what needs the database belongs
    ///     into a service. A ``ConfigurationError`` it throws ends the program with exit code 78.
    public init(
        _ name: String, schema: ConfigurationSchema = .common, withoutDatabase databaseLoss: Readiness.State = .unready,
        start: @escaping @Sendable (ProgramContext) async throws -> [any Service]
    ) {
        self.name = name
        self.schema = schema.of(name)
        self.databaseLoss = databaseLoss
        self.start = start
    }

    /// Does what the command line says, and returns the exit code.
    public func run(
        arguments: [String] = Array(CommandLine.arguments.dropFirst()), environment: [String: String] = ProcessEnvironment.current
    ) async -> Int32 {
        do {
            let flags = try CommandLineFlags(arguments, schema: schema)
            switch flags.action {
            case .help: return say(ProgramHelp.text(name, schema))
            case .version: return say("\(name) \(Trunkline.version)\n")
            case .listKeys: return say(schema.table())
            default: break
            }
            let configuration = try ProgramConfiguration.load(
                schema: schema, file: try ConfigurationLocation.find(flag: flags.file, environment: environment),
                flags: flags.values,
                environment: environment)
            switch flags.action {
            case .showConfiguration: return say(configuration.listing())
            case .checkConfiguration:
                try await check(configuration)
                return say("\(configuration.path ?? "configuration"): ok\n")
            default: return try await run(configuration)
            }
        } catch let error as ConfigurationError {
            LogLine.write("\(name): \(error)", to: 2)
            return ExitCode.configuration
        } catch let refusal as GateRefusal {
            LogLine.write("\(name): \(refusal)", to: 2)
            return refusal.exitCode
        } catch {
            LogLine.write("\(name): \(error)", to: 2)
            return ExitCode.failure
        }
    }

    /// Goes as far as a start does without opening anything, and says nothing on the way.
    private func check(_ configuration: ProgramConfiguration) async throws {
        NIOSingletons.groupLoopCountSuggestion = try configuration.value(CommonKeys.threads)
        let traces = try TraceSettings(configuration).map { (settings: $0, queue: SpanQueue()) }
        try await ProgramRun(
            configuration: configuration, identity: .current(program: name),
            logger: Logger(label: name) { _ in SwiftLogNoOpLogHandler() }, registry: PrometheusRegistry(),
            databaseLoss: databaseLoss, traces: traces
        ).check(start)
    }

    private func run(_ configuration: ProgramConfiguration) async throws -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        NIOSingletons.groupLoopCountSuggestion = try configuration.value(CommonKeys.threads)
        try LogSetup(configuration).bootstrap()
        let identity = InstanceIdentity.current(program: name)
        var logger = Logger(label: name)
        logger[metadataKey: "program"] = "\(name)"
        logger[metadataKey: "instance"] = "\(identity.id)"
        let traces = try TraceSettings(configuration).map { (settings: $0, queue: SpanQueue()) }
        let registry = PrometheusRegistry(keepsExemplars: traces != nil)
        MetricsSystem.bootstrap(registry)
        ProcessFigures.add(to: registry)
        if let traces { InstrumentationSystem.bootstrap(SpanTracer(queue: traces.queue, ratio: traces.settings.ratio)) }
        for name in configuration.unknownVariables {
            logger.warning("This environment variable sets nothing", metadata: ["variable": "\(name)"])
        }
        return try await ProgramRun(
            configuration: configuration, identity: identity, logger: logger, registry: registry, databaseLoss: databaseLoss,
            traces: traces
        ).run(start)
    }

    private func say(_ text: String) -> Int32 {
        LogLine.write(String(text.hasSuffix("\n") ? text.dropLast() : text[...]), to: 1)
        return ExitCode.success
    }
}

/// The variables of this process.
public enum ProcessEnvironment {
    public static var current: [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}

/// Where the configuration file lies.
package enum ConfigurationLocation {
    static let usual = ["trunkline.yaml", "/etc/trunkline/trunkline.yaml"]

    /// The file of the flag or of `TRUNKLINE_CONFIG`, else the first of the usual places that has one, else nil.
    ///
    /// - Throws: `ConfigurationError` when the file that was named is not there.
    package static func find(flag: String?, environment: [String: String]) throws(ConfigurationError) -> String? {
        guard let named = flag ?? environment["TRUNKLINE_CONFIG"] else { return usual.first(where: FileText.exists) }
        guard FileText.exists(named) else {
            let place = flag == nil ? "TRUNKLINE_CONFIG" : "--config"
            throw ConfigurationError(place: place, problem: "there is no file \(named)", remedy: "create it or correct the path")
        }
        return named
    }
}
