import AsyncHTTPClient
import Dynamics
import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Runtime
import Sandbox
import Tenants
import TestSupport

@testable import UserSync

/// A tenant between the sandbox's two vendors and a database of its own, with user-sync's worker at work.
final class PeopleHub: Sendable {
    static let ann = UUID(uuidString: "00000000-0000-4000-8000-00000000000a")!
    static let bob = UUID(uuidString: "00000000-0000-4000-8000-00000000000b")!
    static let annInDynamics = UUID(uuidString: "10000000-0000-4000-8000-00000000000a")!
    static let bobInDynamics = UUID(uuidString: "10000000-0000-4000-8000-00000000000b")!

    let database: Database
    let sandbox: SandboxServer
    let tenant: Int32
    let book: TenantBook
    let readiness = Readiness()
    let connection: TenantConnection
    let logger = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }
    let test: TestDatabase

    private init(database: Database, test: TestDatabase, sandbox: SandboxServer, tenant: Int32) {
        self.database = database
        self.test = test
        self.sandbox = sandbox
        self.tenant = tenant
        let addresses = sandbox.addresses
        var enreach = EnreachConfiguration(
            address: .discovery(url: addresses.enreachDiscovery), username: "integration@demo.example",
            credential: .secretKey("demo-secret-key"))
        enreach.retry = RetryPolicy(attempts: 2, base: .milliseconds(5), cap: .milliseconds(20), longestRetryAfter: .seconds(1))
        var dynamics = DynamicsConfiguration(
            url: addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret(DataverseApplication.demo.secrets[0])])
        dynamics.authority = addresses.authority
        connection = TenantConnection(
            name: "demo", enreach: EnreachClient(configuration: enreach, http: .shared, logger: logger),
            dynamics: DynamicsClient(configuration: dynamics, budget: UnlimitedBudget(), http: .shared, logger: logger),
            dynamicsWebhookToken: { "dynamics-secret" })
        book = TenantBook(database: database, connections: [connection], logger: logger)
    }

    var ground: UserSyncGround {
        UserSyncGround(
            database: database, queue: JobQueue(database: database), book: book,
            health: TenantHealth(readiness: readiness, logger: logger), instance: UUID(), logger: logger)
    }

    /// Raises a hub, runs the body, and takes it down. The worker has the rights of the program and no more.
    static func with(
        change: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (PeopleHub) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.dataverse.limits = .off
        change(&configuration)
        let sandbox = try await SandboxServer.start(configuration)
        let test = try await TestDatabase.current.fresh()
        let owner = test.connect()
        let tenant = try await owner.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ('demo') RETURNING tenant_id"))[0][0].decode(Int32.self)
        await owner.close()
        let database = test.connect(as: "trunkline_user_sync")
        let hub = PeopleHub(database: database, test: test, sandbox: sandbox, tenant: tenant)
        try hub.seed()
        let worker = Task { try await hub.work() }
        let result: Result<Void, any Error>
        do {
            try await body(hub)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        worker.cancel()
        _ = await worker.result
        await database.close()
        await sandbox.stop()
        try result.get()
    }

    private func work() async throws {
        var configuration = JobWorkerConfiguration()
        configuration.pollAtMost = .milliseconds(10)
        configuration.pollAtLeast = .milliseconds(20)
        configuration.tend = .milliseconds(50)
        let ground = ground
        try await JobWorker(
            database: database, listener: nil, queue: UserSyncJobs.queue, program: "user-sync",
            handlers: UserSyncParts.all.flatMap { $0.handlers(ground) }, configuration: configuration, logger: logger
        ).run()
    }

    private func seed() throws {
        enreach([(Self.ann, "Ann", "ann@demo.example"), (Self.bob, "Bob", "bob@demo.example")])
        try sandbox.dataverse.seed(
            "systemusers",
            [
                Self.user(Self.annInDynamics, "Ann", email: "ann@demo.example", mobile: "+358 40 700 0001"),
                Self.user(Self.bobInDynamics, "Bob", email: "BOB@Demo.Example"),
            ])
    }

    static func user(
        _ id: UUID, _ name: String, email: String?, enreachEmail: String? = nil, enreachID: String? = nil, mobile: String? = nil,
        isDisabled: Bool = false
    ) -> JSON {
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
        return [
            "systemuserid": .string(id.lowercase), "firstname": .string(name), "lastname": "Example",
            "internalemailaddress": text(email), "enr_useremail": text(enreachEmail), "enr_userid": text(enreachID),
            "mobilephone": text(mobile), "isdisabled": .bool(isDisabled),
        ]
    }
}

// MARK: Doing things

extension PeopleHub {
    func enreach(_ users: [(id: UUID, name: String, email: String)]) {
        sandbox.enreach.set(
            users: users.map { user in
                EnreachUserRecord(
                    id: user.id, userName: user.email, email: user.email, firstName: user.name, lastName: "Example",
                    workNumber: nil, mobileNumber: nil)
            }, queues: [])
    }

    /// Changes a user as a human in Dynamics would.
    func edit(_ user: UUID, _ columns: JSON) throws {
        try sandbox.dataverse.edit("systemusers", id: user.lowercase, columns)
    }

    /// Has people matched, and waits for it.
    func match() async throws { try await run(UserSyncJobs.matchNow(tenant: tenant)) }

    func run(_ job: NewJob) async throws {
        let id = try await JobQueue(database: database).enqueue([job])[0]
        try await eventually(within: .seconds(120), "\(job.kind) is done") {
            try await count(
                "SELECT (SELECT count(*) FROM hub.job_done WHERE id = \(id)) + (SELECT count(*) FROM hub.job_dead WHERE id = \(id))"
            ) > 0
        }
    }

    func choose(_ enreach: UUID?, for user: UUID) async throws {
        let operating = test.connect(as: "trunkline_operator")
        try await operating.execute(
            Statement(
                "",
                "INSERT INTO hub.person_choice (tenant_id, system_user_id, enreach_user_id, chosen_by) VALUES ($1, $2, $3, 'test')"
            ),
            [tenant, user, enreach])
        await operating.close()
    }
}

// MARK: Listening

extension PeopleHub {
    /// The program's own door for Dynamics' webhooks, on a free port.
    func serveWebhooks() async throws -> Door {
        let server = HealthServer(
            identity: InstanceIdentity(program: "user-sync", version: "test", host: "here", pid: 1, started: 1),
            readiness: readiness,
            metrics: nil, host: "127.0.0.1", port: 0, logger: logger)
        let route = DynamicsWebhookRoute(ground: ground, parts: UserSyncParts.all)
        route.add(to: server)
        let running = Task { try await server.run() }
        try await eventually("the door is open") { server.port != nil }
        return Door(address: "http://127.0.0.1:\(server.port ?? 0)", running: running)
    }

    struct Door {
        let address: String
        fileprivate let running: Task<Void, any Error>

        func stop() async throws {
            running.cancel()
            _ = await running.result
        }
    }
}

// MARK: Looking

extension PeopleHub {
    func count(_ sql: String) async throws -> Int { try await database.query(Statement("", sql))[0][0].decode(Int.self) }

    func text(_ sql: String) async throws -> String? {
        try await database.query(Statement("", sql)).first?[0].decode(String?.self)
    }

    /// `state(reason)` of a user of Dynamics.
    func state(_ user: UUID) async throws -> String {
        try await text(
            "SELECT match_state || '(' || match_reason || ')' FROM hub.person WHERE system_user_id = '\(user.lowercase)'")
            ?? "unknown"
    }

    /// What stands in Dynamics' column.
    func standing(_ user: UUID) -> String? {
        sandbox.dataverse.rows("systemusers").first { $0.id == user.lowercase }?["enr_userid"].string
    }

    func story(_ user: UUID) async throws -> [String] {
        let owner = test.connect()
        let rows = try await owner.query(
            Statement(
                "",
                "SELECT event || '(' || reason || ')' FROM hub.timeline WHERE entity = 'person' AND subject_id = $1 ORDER BY at, seq"
            ),
            [user]
        ).map { try $0[0].decode(String.self) }
        await owner.close()
        return rows
    }
}
