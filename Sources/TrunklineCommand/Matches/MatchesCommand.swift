import ArgumentParser
import Model
import Operations
import Postgres

/// `trunkline matches`: numbers that several carry, and what was decided about them.
struct MatchesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matches",
        abstract: "Numbers whose calls could be linked to nobody because several carry them; decide once whose they are.",
        discussion: """
            A decision is applied from then on, and with --past to the calls of that many days as well. What a human linked \
            in Dynamics is left alone.
            """,
        subcommands: [
            MatchesList.self, MatchesShow.self, MatchesDecide.self, MatchesDecisions.self, MatchesUndo.self, MatchesResync.self,
        ],
        defaultSubcommand: MatchesList.self)
}

struct MatchesList: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List them, those with the most calls first.")

    @OptionGroup var tenant: TenantOptions
    @Option(name: .long, help: "At most so many.") var limit = 50
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let rows = try await session.database.query(MatchStore.ambiguous, [tenant.id, Int32(limit)]).map {
            try MatchStore.line(ambiguous: $0)
        }
        let table = Table("number", "calls", "candidates", "first_at", "last_at", rows: rows)
        output.print(table, none: "no number of \(tenant.name) is ambiguous")
    }
}

struct MatchesShow: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show who carries a number, and in which column.")

    @Argument(help: "The number, in international form.") var number: String
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let number = try MatchStore.international(number)
        let rows = try await session.database.query(MatchStore.carriers, [tenant.id, number]).map {
            try MatchStore.line(carrier: $0)
        }
        let table = Table("table", "id", "name", "column", "as_typed", "owner", "last_interaction_at", rows: rows)
        output.print(table, none: "nobody in the directory of \(tenant.name) has the number \(number)")
    }
}

struct MatchesDecisions: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "decisions", abstract: "List what was decided, newest first.")

    @OptionGroup var tenant: TenantOptions
    @Option(name: .long, help: "At most so many.") var limit = 50
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let rows = try await session.database.query(MatchStore.decisions, [tenant.id, Int32(limit)]).map {
            try MatchStore.line(decision: $0)
        }
        let table = Table("number", "table", "id", "name", "decided_by", "decided_at", "why", rows: rows)
        output.print(table, none: "nothing was decided for \(tenant.name)")
    }
}
