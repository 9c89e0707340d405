import ArgumentParser
import Model
import Operations

/// `trunkline settings`: what the hub does for a tenant, and who decided so.
struct SettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Read and change the settings of a tenant; every change is kept with who and why.",
        discussion: """
            The names are those of the vendor's guide where it has one. Running programs take a change over within \
            seconds; calls note the version of the settings they were decided under.
            """,
        subcommands: [SettingsList.self, SettingsGet.self, SettingsSet.self, SettingsHistory.self],
        defaultSubcommand: SettingsList.self)
}

struct SettingsList: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the settings and their values.")

    @OptionGroup var tenant: TenantOptions
    @Flag(name: .long, help: "Only those that differ from their defaults.") var changed = false
    @Option(name: .long, help: ArgumentHelp("As they were at this version.", valueName: "version")) var at: Int32?
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let stored = try await SettingStore(database: session.database).stored(tenant: tenant.id, version: at)
        let lines = SettingLine.all(stored).filter { !changed || $0.stored != nil }
        guard output.format == .table else {
            output.print(.list(lines.map(\.json)), text: "")
            return
        }
        var table = Table("setting", "value", "version", "meaning")
        for line in lines {
            table.append(.text(line.definition.name), .text(line.valueInWords), line.version, .text(line.definition.meaning))
        }
        output.print(table, none: "every setting of \(tenant.name) is at its default")
    }
}

struct SettingsGet: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Print the value of a setting.")

    @Argument(help: "The setting's name.") var name: String
    @OptionGroup var tenant: TenantOptions
    @Option(name: .long, help: ArgumentHelp("As it was at this version.", valueName: "version")) var at: Int32?
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let definition = try SettingDefinition.named(name)
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let stored = try await SettingStore(database: session.database).stored(tenant: tenant.id, version: at)
        let line = SettingLine.all(stored).first { $0.definition.name == definition.name }
        guard let line else { return }
        output.print(line.json, text: line.value)
    }
}

struct SettingsSet: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a setting; programs take it over within seconds.")

    @Argument(help: "The setting's name.") var name: String
    @Argument(help: "The new value.") var value: String?
    @Flag(name: .customLong("default"), help: "Back to the default, instead of a value.") var toDefault = false
    @Option(name: .long, help: ArgumentHelp("Why, for the history.", valueName: "why")) var note: String?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard (value == nil) == toDefault else { throw ValidationError("give either a value or --default") }
    }

    func run(in session: Session) async throws {
        let definition = try SettingDefinition.named(name)
        let new = try value.map(definition.storedText)
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let store = SettingStore(database: session.database)
        let stored = try await store.stored(tenant: tenant.id).first { $0.name == definition.name }
        guard stored?.value != new else {
            Terminal.print("\(definition.name) of \(tenant.name) is \(shown(new ?? definition.defaultValue)) already")
            return
        }
        let old = stored?.value ?? definition.defaultValue
        let version = try await store.change(
            tenant: tenant, name: definition.name, from: old, to: new, who: session.who, note: note)
        Terminal.print(
            "\(definition.name) of \(tenant.name): \(shown(old)) → \(shown(new ?? definition.defaultValue)) (version \(version))")
    }

    private func shown(_ value: String) -> String { value.isEmpty ? "(empty)" : value }
}

struct SettingsHistory: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the changes of settings, newest first.")

    @Argument(help: "Only this setting.") var name: String?
    @OptionGroup var tenant: TenantOptions
    @Option(name: .long, help: "At most so many.") var limit = 50
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let name = try name.map { try SettingDefinition.named($0).name }
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let changes = try await SettingStore(database: session.database).history(tenant: tenant.id, name: name, limit: limit)
        var table = Table("version", "changed_at", "changed_by", "setting", "value", "note")
        for change in changes {
            table.append(
                .integer(change.version), .time(change.changedAt), .text(change.changedBy), .text(change.name),
                change.value == nil && output.format == .table ? .text("(default)") : .text(change.value), .text(change.note))
        }
        output.print(table, none: "no setting of \(tenant.name) was ever changed")
    }
}
