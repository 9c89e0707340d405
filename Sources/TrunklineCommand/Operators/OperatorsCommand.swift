import ArgumentParser
import Operations

/// `trunkline operators`: who may sign in to the console.
struct OperatorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operators",
        abstract: "List, add and change the operators of the console.",
        discussion: """
            A viewer sees everything; an operator acts on jobs and decides matches, too; an administrator changes settings, rules \
            and operators, too. Passwords are asked for, or read from standard input: the first line of it.
            """,
        subcommands: [
            OperatorsList.self, OperatorsAdd.self, OperatorsRole.self, OperatorsPassword.self, OperatorsDisable.self,
            OperatorsEnable.self,
        ],
        defaultSubcommand: OperatorsList.self)
}

struct OperatorsList: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the operators.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        var table = Table("operator", "role", "signs_in_by", "state", "wrong_passwords", "last_sign_in", "made_at", "made_by")
        for account in try await OperatorAccountStore(database: session.database).all() {
            table.append(
                .text(account.name), .text(account.role.rawValue as String), .text(account.issuer ?? "password"),
                .text(account.isEnabled ? "enabled" : "disabled"), .integer(account.failures), .time(account.signedInAt),
                .time(account.createdAt), .text(account.createdBy))
        }
        output.print(table, none: "no operators: add one with `trunkline operators add NAME --role administrator`")
    }
}

struct OperatorsAdd: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a local operator; asks for the password, or reads it from standard input.")

    @Argument(help: "The name to sign in with; case does not matter.") var name: String
    @Option(name: .long, help: "viewer, operator or administrator.") var role: OperatorRole
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let store = OperatorAccountStore(database: session.database)
        let password = try PasswordInput.newPassword(for: name)
        let account = try await store.add(name: name, role: role, password: try PasswordHash(of: password), who: session.who)
        Terminal.print("added \(account.role.rawValue) \(account.name)")
    }
}

struct OperatorsRole: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "role", abstract: "Give a local operator another role.")

    @Argument(help: "The operator's name.") var name: String
    @Argument(help: "viewer, operator or administrator.") var role: OperatorRole
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await OperatorAccountStore(database: session.database).set(role: role, of: name, who: session.who)
        Terminal.print("\(name) is \(role.rawValue)")
    }
}

struct OperatorsPassword: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Give a local operator another password: asks for it, or reads it from standard input. Ends locks and sessions."
    )

    @Argument(help: "The operator's name.") var name: String
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let store = OperatorAccountStore(database: session.database)
        let account = try await store.named(name)
        let password = try PasswordInput.newPassword(for: account.name)
        try await store.set(password: try PasswordHash(of: password), of: name, who: session.who)
        Terminal.print("\(account.name) has the new password, and is signed out everywhere")
    }
}

struct OperatorsDisable: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Let an operator sign in no more, and sign them out.")

    @Argument(help: "The operator's name.") var name: String
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await OperatorAccountStore(database: session.database).set(disabled: true, of: name, who: session.who)
        Terminal.print("\(name) is disabled")
    }
}

struct OperatorsEnable: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "enable", abstract: "Let an operator sign in again.")

    @Argument(help: "The operator's name.") var name: String
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await OperatorAccountStore(database: session.database).set(disabled: false, of: name, who: session.who)
        Terminal.print("\(name) is enabled")
    }
}

extension OperatorRole: ExpressibleByArgument {}
