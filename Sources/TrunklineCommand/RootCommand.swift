public import ArgumentParser
import Operations
import Postgres
import Runtime
import Schema

/// The command `trunkline`: everything an operator does by hand.
public struct RootCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "trunkline",
        abstract: "Operate Trunkline, the hub between Enreach Cloud and Dynamics 365.",
        discussion: """
            Every subcommand that reads or changes the hub takes the database from --database, from \
            TRUNKLINE_DATABASE_URL or from the configuration file, in this order. Times are UTC.

            Exit codes: 0 done, 1 failed, 64 wrong usage, 78 wrong configuration.
            """,
        version: Trunkline.version,
        subcommands: Subcommands.all)

    public init() {}

    /// Runs the command and returns its exit code; errors are one line on standard error.
    ///
    /// - Parameter arguments: without the program's name; nil takes the process's own.
    public static func exitCode(running arguments: [String]? = nil) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let failure as OperatorError:
            Terminal.note("trunkline: \(failure.description)")
            return failure.exitCode
        case is ConfigurationError:
            Terminal.note("trunkline: \(error)")
            return Runtime.ExitCode.configuration
        case let failure as MigrationFailure:
            Terminal.note(
                "trunkline: migration \(failure.version) \(failure.name) failed and was rolled back: \(plain(failure.cause))")
            return Runtime.ExitCode.failure
        case is SchemaMismatch, is PostgresError:
            Terminal.note("trunkline: \(plain(error))")
            return Runtime.ExitCode.failure
        default:
            // Help, version and wrong usage, which the parser words by itself.
            let code = Self.exitCode(for: error)
            let message = fullMessage(for: error)
            if !message.isEmpty { code == .success ? Terminal.print(message) : Terminal.note(message) }
            return code.rawValue
        }
    }

    /// An error for the screen of the one who asked: with the server's own words, which logs leave out.
    private static func plain(_ error: any Error) -> String {
        guard let error = error as? PostgresError else { return "\(error)" }
        let parts = ["\(error.code): \(error.message)", error.detail, error.hint].compactMap(\.self)
        return parts.joined(separator: "; ").split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
