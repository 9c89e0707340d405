import ArgumentParser
import Foundation
import Operations

/// `trunkline users`: who is whom.
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Show which Enreach user each Dynamics user is, and decide where nobody can tell.",
        discussion: """
            user-sync matches by Enreach User Email, else by the e-mail address in Dynamics; it guesses nobody. What is \
            set here wins and is kept until it is cleared. Users are named by e-mail address or id.
            """,
        subcommands: [UsersList.self, UsersSet.self, UsersClear.self, UsersSync.self],
        defaultSubcommand: UsersList.self)
}

/// Which users are listed.
enum UserFilter: String, ExpressibleByArgument, CaseIterable {
    case matched, unmatched, ambiguous
    /// Matched, and without a mobile number in Dynamics.
    case noMobile = "no-mobile"
    /// Enreach users whom nobody in Dynamics is.
    case enreach
}

struct UsersList: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List users and why they match, or don't.")

    @Option(
        name: .long,
        help: "Only these: matched, unmatched, ambiguous, no-mobile; enreach lists Enreach users nobody in Dynamics is.")
    var only: UserFilter?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = UserStore(database: session.database)
        if only == .enreach {
            var table = Table("state", "enreach_user", "email", "enreach_id", "reason")
            for user in try await store.strangers(tenant: tenant.id) {
                table.append(
                    .text(user.state), .text(user.name), .text(user.email), .text(user.id.uuidString.lowercased()),
                    .text(UserWords.reason(user.reason)))
            }
            output.print(table, none: "every Enreach user of \(tenant.name) is somebody in Dynamics")
            return
        }
        var table = Table("state", "user", "email", "enreach_user", "mobile", "reason")
        for user in try await store.users(tenant: tenant.id) where only?.fits(user) ?? true {
            table.append(
                .text(user.state ?? "not looked at"), .text(user.name), .text(user.enreachEmail ?? user.email),
                .text(user.enreachName ?? user.enreachID?.uuidString.lowercased()), .text(user.mobile),
                .text(UserWords.reason(user)))
        }
        output.print(table, none: "no such users of \(tenant.name)")
    }
}

struct UsersSet: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Decide which Enreach user a Dynamics user is.")

    @Argument(help: "The Dynamics user: e-mail address or id.") var user: String
    @Argument(help: "The Enreach user: e-mail address or id; nobody, if the user shall have none.") var enreach: String
    @Option(name: .long, help: ArgumentHelp("Why, for the history.", valueName: "why")) var note: String?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = UserStore(database: session.database)
        let user = try UserStore.one(user, of: try await store.users(tenant: tenant.id), "Dynamics")
        guard enreach.lowercased() != "nobody" else {
            try await store.choose(nil, for: user, tenant: tenant, who: session.who, note: note)
            Terminal.print("\(user.name) is nobody in Enreach")
            return
        }
        let other = try UserStore.one(enreach, of: try await store.enreachUsers(tenant: tenant.id), "Enreach")
        try await store.choose(other.id, for: user, tenant: tenant, who: session.who, note: note)
        Terminal.print("\(user.name) is \(other.name) in Enreach; Dynamics hears of it within seconds")
    }
}

struct UsersClear: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear", abstract: "Let the e-mail addresses decide for a user again.")

    @Argument(help: "The Dynamics user: e-mail address or id.") var user: String
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = UserStore(database: session.database)
        let user = try UserStore.one(user, of: try await store.users(tenant: tenant.id), "Dynamics")
        guard try await store.clear(user, tenant: tenant, who: session.who) else {
            throw OperatorError.failed("nothing was set for \(user.name)")
        }
        Terminal.print("the e-mail addresses decide for \(user.name) again")
    }
}

struct UsersSync: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Have user-sync match all users now.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let job = try await UserStore(database: session.database).sync(tenant: tenant, who: session.who)
        Terminal.print("job \(job) matches the users of \(tenant.name): see `trunkline users list` in a moment")
    }
}
