import ArgumentParser
import Operations
import Postgres
import Routing

/// `trunkline rules`: what smart routing decides by, and who decided so.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check, apply and undo the routing rules of a tenant.",
        discussion: """
            A rule document is YAML or JSON (docs/router.md; `trunkline rules schema` prints its form). It is compiled before it is \
            applied, and refused with file, line and reason when calls could loop, when a rule can't be reached, and so on. \
            Every router takes applied rules over within two seconds.
            """,
        subcommands: [
            RulesCheck.self, RulesDiff.self, RulesApply.self, RulesRollback.self, RulesHistory.self, RulesShow.self,
            RulesSchema.self,
        ])
}

struct RulesCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Compile a document and say what is wrong with it.")

    @Argument(help: "The document.") var file: String

    func run() async throws {
        let rules = try RuleFile(file)
        Terminal.print("\(file): ok, \(rules.program.ruleCount) rules")
    }
}

struct RulesSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "schema", abstract: "Print the JSON Schema of rule documents.")

    func run() async throws { Terminal.print(RuleSchema.text) }
}

struct RulesApply: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "apply", abstract: "Put a document into force.")

    @Argument(help: "The document.") var file: String
    @Option(name: .long, help: ArgumentHelp("Why, for the history.", valueName: "why")) var note: String?
    @Option(name: .long, help: ArgumentHelp("Only if this version is in force now; 0: none.", valueName: "version")) var after:
        Int32?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let rules = try RuleFile(file)
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let version = try await session.rules.apply(
            rules.text, rules: rules.program.ruleCount, to: tenant, after: after, note: note)
        Terminal.print("version \(version) of \(tenant.name)'s rules is in force (\(rules.program.ruleCount) rules)")
    }
}

struct RulesRollback: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Put an earlier version into force again, as a new one.")

    @Argument(help: "The version; without it, the one before the present.") var version: Int32?
    @Option(name: .long, help: ArgumentHelp("Why, for the history.", valueName: "why")) var note: String?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let (made, wanted) = try await session.rules.rollBack(to: version, of: tenant, note: note)
        Terminal.print("version \(made) of \(tenant.name)'s rules is in force: the same as version \(wanted)")
    }
}

struct RulesHistory: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "history", abstract: "List the versions, newest first.")

    @Option(name: .long, help: "At most so many.") var limit: Int32 = 50
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let versions = try await session.rules.history(of: tenant, limit: limit)
        var table = Table("version", "applied_at", "applied_by", "rules", "back_to", "note")
        for version in versions {
            table.append(
                .integer(version.version), .time(version.appliedAt), .text(version.appliedBy), .integer(version.rules),
                .integer(version.backTo), .text(version.note))
        }
        output.print(table, none: "no rules were ever applied for \(tenant.name)")
    }
}

struct RulesShow: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Print a document as it was applied.")

    @Argument(help: "The version; without it, the one in force.") var version: Int32?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        Terminal.print(try await session.rules.version(version, of: tenant).document)
    }
}
