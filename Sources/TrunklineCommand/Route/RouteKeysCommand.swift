import ArgumentParser
import Foundation
import Operations
import Postgres
import Routing

/// `trunkline route keys`: by what the vendor's core shows whose calls it asks about.
struct RouteKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make, list and revoke the keys of the vendor; two are valid at once, so that one can follow the other.",
        subcommands: [RouteKeysList.self, RouteKeysAdd.self, RouteKeysRevoke.self], defaultSubcommand: RouteKeysList.self)
}

struct RouteKeysList: SessionCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the keys, newest first.")

    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let keys = try await session.database.withConnection { try await ApiKeyStore.list(tenant: tenant.id, on: $0) }
        var table = Table("key", "name", "state", "networks", "created_at", "created_by", "expires_at")
        for key in keys {
            let state = key.revokedAt != nil ? "revoked" : key.expiresAt.map { $0 <= Date() } == true ? "expired" : "valid"
            table.append(
                .integer(key.id), .text(key.name), .text(state),
                .text(key.networks.isEmpty ? "any" : key.networks.joined(separator: " ")),
                .time(key.createdAt), .text(key.createdBy), .time(key.expiresAt))
        }
        output.print(
            table,
            none:
                "\(tenant.name) has no key: routing questions are refused until one is made with `trunkline route keys add NAME`")
    }
}

struct RouteKeysAdd: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a key and print it. It is kept as a digest only and can't be shown again.")

    @Argument(help: "What you call it.") var name: String
    @Option(name: .long, help: ArgumentHelp("Network it may be shown from; may be given several times.", valueName: "network"))
    var network: [String] = []
    @Option(name: .long, help: ArgumentHelp("Not valid any more from this time on.", valueName: "time")) var expires: PointInTime?
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let networks = try network.map { text in
            guard let network = Network(text) else {
                throw OperatorError.usage("--network \(text): write an address such as 80.88.186.0/24")
            }
            return network
        }
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let key = KeyDigest.newKey()
        let (name, expires, who) = (name, expires?.date, session.who)
        do {
            try await session.database.withTransaction { connection in
                let id = try await ApiKeyStore.add(
                    name: name, digest: KeyDigest.of(key), networks: networks, tenant: tenant.id, who: who, expires: expires,
                    on: connection)
                try await OperatorActionStore.record(
                    .init(
                        tenant: tenant.id, who: who, action: "route_key.add", target: "\(id)",
                        detail: .object(["name": .text(name)])),
                    on: connection)
            }
        } catch let error as PostgresError where error.code == .checkViolation {
            throw OperatorError.failed(error.message)
        }
        Terminal.print(key)
    }
}

struct RouteKeysRevoke: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a key; routers refuse it within two seconds.")

    @Argument(help: "The key's number in the list.") var key: Int32
    @OptionGroup var tenant: TenantOptions
    @OptionGroup var connection: ConnectionOptions

    func run(in session: Session) async throws {
        let tenant = try await TenantStore(database: session.database).named(tenant.tenant)
        let (key, who) = (key, session.who)
        let isDone = try await session.database.withTransaction { connection in
            let isDone = try await ApiKeyStore.revoke(key, tenant: tenant.id, who: who, on: connection)
            if isDone {
                try await OperatorActionStore.record(
                    .init(tenant: tenant.id, who: who, action: "route_key.revoke", target: "\(key)"), on: connection)
            }
            return isDone
        }
        guard isDone else { throw OperatorError.failed("\(tenant.name) has no key \(key) in force") }
        Terminal.print("key \(key) of \(tenant.name) is revoked")
    }
}
