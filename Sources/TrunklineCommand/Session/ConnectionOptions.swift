import ArgumentParser
import CallSync
import Foundation
import Logging
import Postgres
import Runtime

/// Which database, and which configuration of the programs.
///
/// The file is found as the programs find theirs. The login to the database is the operator's own, `--database` or else
/// `TRUNKLINE_DATABASE_URL`; the one of the file is a program's, and taken only where there is no other.
struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Connection string or URI as libpq takes it. Default: TRUNKLINE_DATABASE_URL, then database.url of the configuration file.",
            valueName: "url"))
    var database: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Configuration file of the sync programs. Default: TRUNKLINE_CONFIG, ./trunkline.yaml, /etc/trunkline/trunkline.yaml.",
            valueName: "file"))
    var config: String?

    @Flag(name: .long, help: "Say more on standard error: what the server notices, what is waited for.")
    var verbose = false

    /// The programs' configuration, and why the file that was found is not in it.
    struct Programs {
        var configuration: ProgramConfiguration
        var leftOut: ConfigurationError?
    }

    func open(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Session {
        let programs = try programs(environment)
        let login = try ownLogin(environment) ?? programs.configuration
        var configuration = try DatabaseSettings.read(login, program: "trunkline")
        configuration.maximumConnections = 2
        // Safe whatever stands before the server, and a command repeats no statement that it would pay to keep.
        configuration.pooling = .transaction
        // Somebody sits and waits.
        configuration.acquireTimeout = .seconds(5)
        return Session(
            database: Database(configuration, logger: logger(.error)), who: Operator.name(), programs: programs.configuration,
            leftOut: programs.leftOut, logger: logger(.notice))
    }

    /// The configuration the programs run with.
    ///
    /// - Throws: `ConfigurationError`, among other things when no database is named anywhere.
    func programsConfiguration(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> ProgramConfiguration
    {
        try programs(environment).configuration
    }

    /// A file that was named has to be usable. One that was only found may be somebody else's, or hold what this user may not read: with a
    /// login of one's own it is left out.
    private func programs(_ environment: [String: String]) throws -> Programs {
        let flags = database.map { ["database.url": $0] } ?? [:]
        func load(_ file: String?) throws(ConfigurationError) -> ProgramConfiguration {
            try ProgramConfiguration.load(schema: .callSync, file: file, flags: flags, environment: environment)
        }
        var environment = environment
        if environment["TRUNKLINE_CONFIG"]?.isEmpty == true { environment["TRUNKLINE_CONFIG"] = nil }
        let file = try ConfigurationLocation.find(flag: config, environment: environment)
        let isNamed = config != nil || environment["TRUNKLINE_CONFIG"] != nil
        do throws(ConfigurationError) {
            return Programs(configuration: try load(file))
        } catch {
            guard file != nil, !isNamed, hasOwnLogin(environment) else { throw error }
            return Programs(configuration: try load(nil), leftOut: error)
        }
    }

    private func hasOwnLogin(_ environment: [String: String]) -> Bool {
        database != nil || environment["TRUNKLINE_DATABASE_URL"]?.isEmpty == false
    }

    /// Without anything of the file: its password is another login's.
    private func ownLogin(_ environment: [String: String]) throws(ConfigurationError) -> ProgramConfiguration? {
        guard hasOwnLogin(environment) else { return nil }
        return try ProgramConfiguration.load(
            schema: .callSync, file: nil, flags: database.map { ["database.url": $0] } ?? [:], environment: environment)
    }

    private func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "trunkline") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .debug : level
        return logger
    }
}
