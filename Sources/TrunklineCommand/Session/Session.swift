import ArgumentParser
import Logging
import Operations
import Postgres
import Runtime
import Schema

/// What a subcommand works with.
struct Session: Sendable {
    let database: Database
    /// Who asks, for the history.
    let who: String
    /// The programs' configuration, as far as it was named or found.
    let programs: ProgramConfiguration
    /// Why a file that was found is not part of it.
    let leftOut: ConfigurationError?
    let logger: Logger

    /// Why there is no configuration file, in one line.
    var noFile: String {
        leftOut.map { "\($0)" } ?? "no configuration file was named or found: give the sync programs' with --config"
    }

    var rules: RuleDesk { RuleDesk(database: database, who: who) }
}

/// A subcommand that talks to the hub's database.
protocol SessionCommand: AsyncParsableCommand {
    var connection: ConnectionOptions { get }
    /// Whether the schema has to be the one this program was built for.
    static var needsSchema: Bool { get }
    func run(in session: Session) async throws
}

extension SessionCommand {
    static var needsSchema: Bool { true }

    func run() async throws {
        let session = try connection.open()
        do {
            if Self.needsSchema { try await SchemaGate.check(session.database) }
            try await run(in: session)
        } catch {
            await session.database.close()
            throw error
        }
        await session.database.close()
    }
}
