import ArgumentParser
import DynamicsSolution
import Operations

/// `trunkline dynamics`: the hub's own columns, tables and keys in a Dynamics environment.
struct DynamicsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dynamics",
        abstract: "Make, check and remove what the hub needs in Dynamics.",
        discussion: """
            Names are settings of the tenant (`trunkline settings list`, group Dynamics Solution). The environment and \
            the application come from the tenant's entry in the programs' configuration (--config). To install, the \
            application user needs the role System Customizer; `check` needs none beyond its own.
            """,
        subcommands: [DynamicsCheck.self, DynamicsInstall.self, DynamicsUninstall.self],
        defaultSubcommand: DynamicsCheck.self)
}

/// Where Dynamics reaches the hub.
struct SourceOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Address under which Dynamics reaches the hub, for example https://hub.example. Default: setting HubAddress. With it Dynamics tells the hub of changed users and profiles; with --odata-key-file as well, there is the virtual table of callback lists.",
            valueName: "url"))
    var hubURL: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The same for user-sync alone, where no proxy stands before both programs.", valueName: "url"))
    var webhookURL: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "File of callback-sync's odata.key. Dynamics is given a key of the tenant's own, made from it, which it shows in X-Api-Key.",
            valueName: "file"))
    var odataKeyFile: String?

    func validate() throws {
        for url in [hubURL, webhookURL].compactMap(\.self)
        where !["https://", "http://127.0.0.1", "http://localhost"].contains(where: url.hasPrefix) {
            throw ValidationError("'\(url)' would have the key sent in clear: give an https address")
        }
    }
}

/// Whose forms and views get the hub's columns.
struct FormOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Forms and views that get the hub's columns: own, those of the hub's own tables; all, the main forms of phone calls and users as well; none. What is not asked for is listed with how it is done by hand.",
            valueName: "own|all|none"))
    var forms = SolutionDefinition.FormChoice.own
}

extension SolutionDefinition.FormChoice: ExpressibleByArgument {}

struct DynamicsCheck: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what stands in Dynamics, what is missing, and what to do.",
        discussion: """
            Changes nothing in Dynamics. What was found out about the environment is kept in the hub for the programs. \
            The exit code is 1 when something is missing or different.
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var forms: FormOptions
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        try await SolutionDesk.with(session, tenant: tenant.tenant, source: source, forms: forms.forms) { desk in
            let report = try await desk.read()
            try await desk.keep(report.probes)
            output.print(SolutionListing.json(report), text: SolutionListing.table(report.findings).text(none: ""))
            let failures = report.findings.count(where: \.isFailure)
            if failures > 0 {
                throw OperatorError.failed("\(failures) of \(report.findings.count) parts are not as they should be")
            }
        }
    }
}

struct DynamicsInstall: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "install",
        abstract: "Make what is missing; what stands is left alone.",
        discussion: """
            May be repeated at any time: it goes on where it stopped. Columns under names that a customer has already \
            are taken as they are if their type fits. On forms and in views what is missing is added, and nothing is taken \
            away. A column takes Dynamics some seconds, a whole installation some minutes.
            """)

    @Flag(name: .long, help: "Only print what would be made.") var plan = false
    @OptionGroup var source: SourceOptions
    @OptionGroup var forms: FormOptions
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        try await SolutionDesk.with(session, tenant: tenant.tenant, source: source, forms: forms.forms) { desk in
            var report = try await desk.read()
            if plan {
                output.print(SolutionListing.plan(report.plan), none: "everything is there already")
                return
            }
            let events = try await desk.install(report) { event in
                if output.format == .table { Terminal.print(SolutionListing.line(event)) }
            }
            report = try await desk.settled(events)
            try await desk.keep(report.probes)
            output.print(
                SolutionListing.json(report, events: events),
                text: events.isEmpty ? "everything is there already" : SolutionListing.table(report.findings).text(none: ""))
            if events.contains(where: \.isFailure) || !report.isWell {
                throw OperatorError.failed("not everything could be made")
            }
        }
    }
}

struct DynamicsUninstall: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Remove the hub's own columns and tables from Dynamics, with all that stands in them.",
        discussion: """
            Only what carries the publisher's prefix goes, and first the hub's section on forms that stay. Phone calls stay; \
            they lose the hub's columns, call ids among them.
            """)

    @Flag(name: .long, help: "Only print what would be removed.") var plan = false
    @Flag(name: .long, help: "Remove it; without it nothing is done.") var yes = false
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard plan != yes else { throw ValidationError("say --plan to see what would go, or --yes to remove it") }
    }

    func run(in session: Session) async throws {
        try await SolutionDesk.with(session, tenant: tenant.tenant, source: nil, forms: .all, withEverything: true) { desk in
            let parts = try await desk.removable()
            if plan {
                output.print(SolutionListing.removal(parts.parts), none: "nothing of the hub's is there")
                return
            }
            let events = try await desk.remove(parts) { event in
                if output.format == .table { Terminal.print(SolutionListing.line(event)) }
            }
            if output.format == .json { Terminal.print(JSONOutput.write(.list(events.map(SolutionListing.json)))) }
            if events.contains(where: \.isFailure) { throw OperatorError.failed("not everything could be removed") }
        }
    }
}
