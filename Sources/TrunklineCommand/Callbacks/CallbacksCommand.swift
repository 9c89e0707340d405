import ArgumentParser
import Model
import Operations

/// `trunkline callbacks`: callback requests and the profiles that bring them into Dynamics.
struct CallbacksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbacks", abstract: "Callback profiles, and what became of callback requests.",
        discussion:
            "The story of one request: `trunkline why <request id>`, or of those of a number: `trunkline why <number> --callbacks`.",
        subcommands: [CallbackProfilesCommand.self, CallbacksList.self], defaultSubcommand: CallbacksList.self)
}

/// States of a callback request, as `hub.callback` names them.
enum CallbackState: String, ExpressibleByArgument, CaseIterable {
    case pending, written, ignored, skipped, dead
}

/// `trunkline callbacks list`: the newest requests.
struct CallbacksList: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List callback requests, newest first.")

    @Option(name: .long, help: ArgumentHelp("Only those in this state.", valueName: "state")) var state: CallbackState?
    @Option(name: .long, help: "At most so many.") var limit = 20
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let rows = try await CallbackRowStore(database: session.database).newest(
            tenant: tenant.id, state: state?.rawValue, limit: limit)
        output.print(CallbackRow.table(rows), none: "the hub knows no callback requests of \(tenant.name)")
    }
}

/// `trunkline callbacks profiles`.
struct CallbackProfilesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles", abstract: "Read and change callback profiles; every version is kept with who made it.",
        discussion: """
            Where the profiles are kept in Dynamics, user-sync reads them from there and only those made here can be changed here. \
            A change is in force within seconds.
            """,
        subcommands: [ProfilesList.self, ProfilesAdd.self, ProfilesSet.self, ProfilesRemove.self, ProfilesHistory.self],
        defaultSubcommand: ProfilesList.self)
}

struct ProfilesList: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the profiles and what is wrong with them.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let profiles = try await CallbackProfileStore(database: session.database).all(tenant: tenant.id)
        var table = Table(
            "profile", "list", "queue", "ownership", "duplicates", "method", "age", "subject", "enabled", "problem", "source",
            "version",
            "profile_id")
        for profile in profiles {
            table.append(
                .text(profile.name), .text(profile.listName ?? profile.list?.lowercase),
                .text(profile.queueName ?? profile.queue?.lowercase), .text(profile.ownership), .text(profile.duplicates),
                .text(profile.method), .text(profile.ageInWords), .text(profile.subject), .flag(profile.isEnabled),
                .text(profile.problem), .text(profile.source), .integer(profile.version), .text(profile.id.lowercase))
        }
        output.print(table, none: "\(tenant.name) has no callback profiles: `trunkline callbacks profiles add`")
    }
}
