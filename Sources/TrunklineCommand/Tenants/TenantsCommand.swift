import ArgumentParser
import Operations
import PhoneNumbers

/// `trunkline tenants`: who the hub works for.
struct TenantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenants",
        abstract: "List, add and switch tenants.",
        discussion: """
            A tenant is one Enreach organisation joined to one Dynamics environment. Its addresses and secrets \
            stand in the programs' configuration under the same name. Programs work for the tenants that are in both.
            """,
        subcommands: [
            TenantsList.self, TenantsAdd.self, TenantsRegion.self, TenantsEnable.self, TenantsDisable.self,
        ],
        defaultSubcommand: TenantsList.self)
}

struct TenantsList: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the tenants.")

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        var table = Table("tenant", "id", "enabled", "region", "setting_version", "people_read_at", "created_at")
        for tenant in try await TenantStore(database: session.database).all() {
            table.append(
                .text(tenant.name), .integer(tenant.id), .flag(tenant.enabled), .text(tenant.region),
                .integer(tenant.settingVersion), .time(tenant.peopleReadAt), .time(tenant.createdAt))
        }
        output.print(table, none: "no tenants: add one with `trunkline tenants add NAME`")
    }
}

struct TenantsAdd: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a tenant under the name it has in the configuration.")

    @Argument(help: "Lower-case letters, digits, '.', '_', '-'. It never changes: the records' ids in Dynamics are made from it.")
    var name: String

    @Option(name: .long, help: "Country (two letters) by which numbers without a country are read, for example NL.")
    var region: String?

    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard name.wholeMatch(of: /[a-z0-9][a-z0-9._-]{0,62}/) != nil else {
            throw ValidationError(
                "'\(name)' can't be a tenant's name: 1 to 63 lower-case letters, digits, '.', '_', '-', first a letter or digit")
        }
        if let region { try TenantsRegion.check(region) }
    }

    func run(in session: Session) async throws {
        let added = try await TenantStore(database: session.database).add(name: name, region: region, who: session.who)
        guard let added else { throw OperatorError.failed("tenant \(name) is there already") }
        Terminal.print("added tenant \(added.name) with id \(added.id)")
    }
}

struct TenantsRegion: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "region", abstract: "Set by which country's rules a tenant's numbers without a country are read.",
        discussion: """
            Running programs go by it within seconds, and user-sync reads the directory anew by it.
            """)

    @Argument(help: "The tenant's name.") var name: String
    @Argument(help: "Country (two letters), for example FI.") var region: String
    @OptionGroup var connection: ConnectionOptions

    func validate() throws { try Self.check(region) }

    /// A country without rules would leave numbers unread, and say nothing.
    static func check(_ region: String) throws {
        guard region.wholeMatch(of: /[A-Z]{2}/) != nil else {
            throw ValidationError("'\(region)' is no country: two capital letters, for example NL")
        }
        guard PhoneNumberParser.knows(region: region) else {
            throw ValidationError("'\(region)' is no country whose numbers are known: ISO 3166, for example NL")
        }
    }

    func run(in session: Session) async throws {
        try await TenantStore(database: session.database).set(region: region, tenant: name, who: session.who)
        Terminal.print("numbers of tenant \(name) without a country are read as those of \(region)")
    }
}

struct TenantsEnable: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let the programs work for a tenant again.")

    @Argument(help: "The tenant's name.") var name: String
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await TenantStore(database: session.database).set(enabled: true, tenant: name, who: session.who)
        Terminal.print("tenant \(name) is enabled")
    }
}

struct TenantsDisable: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Let the programs leave a tenant alone: nothing is read or written for it, its jobs wait.")

    @Argument(help: "The tenant's name.") var name: String
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        try await TenantStore(database: session.database).set(enabled: false, tenant: name, who: session.who)
        Terminal.print("tenant \(name) is disabled: its jobs wait until `trunkline tenants enable \(name)`")
    }
}
