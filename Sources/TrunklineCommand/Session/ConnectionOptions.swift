import ArgumentParser
import CallSync
import Foundation
import Logging
import Postgres
import Runtime

/// Which database: `--database`, else `TRUNKLINE_DATABASE_URL`, else `database.url` of the configuration file.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Connection string or URI as libpq takes it. Default: TRUNKLINE_DATABASE_URL, then database.url of the configuration file.",
            valueName: "url"))
    var database: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Configuration file of the programs. Default: TRUNKLINE_CONFIG.", valueName: "file"))
    var config: String?

    @Flag(name: .long, help: "Say more on standard error: what the server notices, what is waited for.")
    var verbose = false

    func open() throws -> Session {
        let programs = try programsConfiguration()
        var configuration = try DatabaseSettings.read(programs, program: "trunkline")
        configuration.maximumConnections = 2
        // Safe whatever stands before the server, and a command repeats no statement that it would pay to keep.
        configuration.pooling = .transaction
        // Somebody sits and waits.
        configuration.acquireTimeout = .seconds(5)
        return Session(
            database: Database(configuration, logger: logger(.error)), who: Operator.name(), programs: programs,
            logger: logger(.notice))
    }

    /// The configuration the programs run with, as far as it is named.
    ///
    /// - Throws: `ConfigurationError`, among other things when no database is named anywhere.
    func programsConfiguration(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> ProgramConfiguration
    {
        let file = config ?? environment["TRUNKLINE_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let flags = database.map { ["database.url": $0] } ?? [:]
        return try ProgramConfiguration.load(schema: .callSync, file: file, flags: flags, environment: environment)
    }

    private func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "trunkline") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : level
        return logger
    }
}
