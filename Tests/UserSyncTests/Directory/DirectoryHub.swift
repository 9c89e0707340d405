import AsyncHTTPClient
import Dynamics
import Enreach
import FoundationEssentials
import Logging
import Model
import Postgres
import Runtime
import Sandbox
import TestSupport

@testable import Tenants
@testable import UserSync

/// A tenant with a simulated Dynamics and a database of its own.
final class DirectoryHub: Sendable {
    let database: Database
    let sandbox: SandboxServer
    let tenant: Int32
    let book: TenantBook
    let dynamics: DynamicsClient

    private init(database: Database, sandbox: SandboxServer, tenant: Int32) {
        self.database = database
        self.sandbox = sandbox
        self.tenant = tenant
        let logger = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }
        let addresses = sandbox.addresses
        var configuration = DynamicsConfiguration(
            url: addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret("demo-secret-one")])
        configuration.authority = addresses.authority
        dynamics = DynamicsClient(configuration: configuration, budget: UnlimitedBudget(), http: .shared, logger: logger)
        book = TenantBook(database: database, logger: logger)
    }

    /// Raises a hub without contacts, accounts or leads, runs the body, and takes it down.
    static func with(_ body: (DirectoryHub) async throws -> Void) async throws {
        var configuration = SandboxConfiguration()
        configuration.dataverse.limits = .off
        let sandbox = try await SandboxServer.start(configuration)
        let database = try await TestDatabase.current.fresh().connect()
        do {
            let tenant = try await database.query(
                Statement("", "INSERT INTO hub.tenant (name, region) VALUES ('demo', 'NL') RETURNING tenant_id"))[0][0].decode(
                    Int32.self)
            try await body(DirectoryHub(database: database, sandbox: sandbox, tenant: tenant))
        } catch {
            await database.close()
            await sandbox.stop()
            throw error
        }
        await database.close()
        await sandbox.stop()
    }

    // MARK: Doing things

    func reader(
        _ table: DirectoryTable, stretch: Duration = .seconds(60), pageSize: Int = 5000, absent: Set<DirectoryTable> = []
    ) async throws -> DirectoryReader {
        guard let situation = try await book.situation(tenant) else { throw Wrong() }
        return DirectoryReader(
            table: table, tenant: situation, dynamics: dynamics, database: database,
            logger: Logger(label: "reader") { _ in SwiftLogNoOpLogHandler() }, stretch: stretch, pageSize: pageSize,
            absent: absent)
    }

    struct Wrong: Error {}

    /// Reads every table until nothing is left to do.
    func read(pageSize: Int = 5000) async throws {
        for table in DirectoryTable.allCases {
            while try await reader(table, pageSize: pageSize).work() == .more {}
        }
    }

    @discardableResult
    func seed(_ table: DirectoryTable, _ name: String, _ columns: [String: JSON] = [:]) throws -> UUID {
        let id = UUID()
        var row = JSONObject([:])
        row[table.key] = .string(id.lowercase)
        row[table == .account ? "name" : "lastname"] = .string(name)
        for (column, value) in columns { row[column] = value }
        try sandbox.dataverse.seed(table.set, [.object(row)])
        return id
    }

    func set(_ name: String, _ value: String) async throws {
        _ = try await database.query(Statement("", "SELECT hub.change_setting($1, $2, $3, 'test')"), [tenant, name, value])
    }

    // MARK: Looking

    func count(_ sql: String) async throws -> Int { try await database.query(Statement("", sql))[0][0].decode(Int.self) }

    func texts(_ sql: String) async throws -> [String] {
        try await database.query(Statement("", sql)).map { try $0[0].decode(String.self) }
    }

    /// `name number`, in order.
    func numbers() async throws -> [String] {
        try await texts(
            "SELECT e.name || ' ' || n.number FROM hub.directory_number n JOIN hub.directory_entry e USING (tenant_id, entry_id) ORDER BY 1"
        )
    }

    func isComplete() async throws -> Bool {
        try await count("SELECT count(*) FROM hub.directory_state WHERE is_complete") == 1
    }
}
