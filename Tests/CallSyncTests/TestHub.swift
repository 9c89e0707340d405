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
import TestSupport

@testable import CallSync
@testable import Tenants

/// A tenant between the sandbox's two vendors and a database of its own, with a worker at work.
final class TestHub: Sendable {
    static let ann = UUID(uuidString: "00000000-0000-4000-8000-00000000000a")!
    static let bob = UUID(uuidString: "00000000-0000-4000-8000-00000000000b")!
    static let annInDynamics = UUID(uuidString: "10000000-0000-4000-8000-00000000000a")!
    static let bobInDynamics = UUID(uuidString: "10000000-0000-4000-8000-00000000000b")!
    static let chloe = UUID(uuidString: "20000000-0000-4000-8000-000000000001")!
    static let acme = UUID(uuidString: "20000000-0000-4000-8000-000000000002")!
    static let queue = UUID(uuidString: "30000000-0000-4000-8000-000000000001")!
    static let customer = "+358501231234"
    static let annsNumber = "+3589310001"
    static let bobsNumber = "+3589310002"

    let database: Database
    let sandbox: SandboxServer
    let tenant: Int32
    let book: TenantBook
    let readiness = Readiness()
    let instance = UUID()
    let connection: TenantConnection
    let logger = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }

    private init(database: Database, sandbox: SandboxServer, tenant: Int32, secret: String) {
        self.database = database
        self.sandbox = sandbox
        self.tenant = tenant
        let addresses = sandbox.addresses
        var enreach = EnreachConfiguration(
            address: .discovery(url: addresses.enreachDiscovery), username: "integration@demo.example",
            credential: .secretKey("demo-secret-key"))
        enreach.retry = RetryPolicy(
            attempts: 2, base: .milliseconds(5), cap: .milliseconds(20), longestRetryAfter: .seconds(1))
        enreach.requestTimeout = .seconds(10)
        var dynamics = DynamicsConfiguration(
            url: addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret(secret)])
        dynamics.authority = addresses.authority
        connection = TenantConnection(
            name: "demo", enreach: EnreachClient(configuration: enreach, http: .shared, logger: logger),
            dynamics: DynamicsClient(configuration: dynamics, budget: UnlimitedBudget(), http: .shared, logger: logger),
            webhookToken: { "hook-secret" })
        book = TenantBook(database: database, connections: [connection], logger: logger)
    }

    /// Raises a hub, runs the body, and takes it down.
    static func with(
        change: (inout SandboxConfiguration) -> Void = { _ in }, secret: String = "demo-secret-one", people: Bool = true,
        _ body: (TestHub) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.enreach.visibleAfter = 0
        configuration.dataverse.limits = .off
        change(&configuration)
        let sandbox = try await SandboxServer.start(configuration)
        let database = try await TestDatabase.current.fresh().connect()
        do {
            let tenant = try await database.query(
                Statement("", "INSERT INTO hub.tenant (name) VALUES ('demo') RETURNING tenant_id"))[0][0].decode(Int32.self)
            let hub = TestHub(database: database, sandbox: sandbox, tenant: tenant, secret: secret)
            try hub.seed()
            let worker = Task { try await hub.work() }
            do {
                if people { try await hub.run(JobKinds.people) }
                try await body(hub)
            } catch {
                worker.cancel()
                _ = await worker.result
                throw error
            }
            worker.cancel()
            _ = await worker.result
        } catch {
            await database.close()
            await sandbox.stop()
            throw error
        }
        await database.close()
        await sandbox.stop()
    }

    private func work() async throws {
        var configuration = JobWorkerConfiguration()
        configuration.pollAtMost = .milliseconds(10)
        configuration.pollAtLeast = .milliseconds(20)
        configuration.tend = .milliseconds(50)
        configuration.onTrouble = TenantWork.tell(readiness)
        try await JobWorker(
            database: database, listener: nil, program: "call-sync",
            handlers: CallSyncProgram.handlers(
                database: database, book: book, instance: instance, health: TenantHealth(readiness: readiness, logger: logger),
                logger: logger),
            configuration: configuration, logger: logger
        ).run()
    }

    private func seed() throws {
        if sandbox.stage.request != nil { return }
        sandbox.enreach.set(
            users: [
                EnreachUserRecord(
                    id: Self.ann, userName: "ann@demo.example", email: "ann@demo.example", firstName: "Ann", lastName: "Virtanen",
                    workNumber: Self.annsNumber, mobileNumber: "+358407000001"),
                EnreachUserRecord(
                    id: Self.bob, userName: "bob@demo.example", email: "bob@demo.example", firstName: "Bob", lastName: "Laine",
                    workNumber: Self.bobsNumber, mobileNumber: nil),
            ],
            queues: [EnreachQueueRecord(id: Self.queue, name: "Support", typeID: 4, numbers: ["+35893100500"], live: true)])
        try sandbox.dataverse.seed(
            "systemusers",
            [
                user(Self.annInDynamics, "Ann", "Virtanen", Self.ann, mobile: "+358 40 700 0001"),
                user(Self.bobInDynamics, "Bob", "Laine", Self.bob, mobile: nil),
            ])
        try sandbox.dataverse.seed(
            "contacts",
            [
                [
                    "contactid": .string(Self.chloe.lowercase), "firstname": "Chloé", "lastname": "Dupont",
                    "mobilephone": .string(Self.customer),
                ]
            ])
        try sandbox.dataverse.seed(
            "accounts", [["accountid": .string(Self.acme.lowercase), "name": "Acme", "telephone1": "+35896000000"]])
    }

    private func user(_ id: UUID, _ first: String, _ last: String, _ enreach: UUID, mobile: String?) -> JSON {
        [
            "systemuserid": .string(id.lowercase), "firstname": .string(first), "lastname": .string(last),
            "internalemailaddress": .string("\(first.lowercased())@demo.example"), "enr_userid": .string(enreach.lowercase),
            "mobilephone": mobile.map { .string($0) } ?? .null,
        ]
    }
}

// MARK: Doing things

extension TestHub {
    /// Has one job of a kind done.
    func run(_ kind: String, payload: JSONB = "{}") async throws {
        let id = try await JobQueue(database: database).enqueue([
            NewJob(kind: kind, tenant: tenant, payload: payload, maxAttempts: 4)
        ])[0]
        try await eventually(within: .seconds(120), "\(kind) is done") {
            try await count(
                "SELECT (SELECT count(*) FROM hub.job_done WHERE id = \(id)) + (SELECT count(*) FROM hub.job_dead WHERE id = \(id))"
            ) > 0
        }
    }

    /// Polls, and waits until nothing is left to do.
    func sync() async throws {
        try await run(JobKinds.poll)
        try await quiet()
    }

    /// Waits until no job is left that would run soon.
    func quiet() async throws {
        try await eventually(within: .seconds(120), "no job is left") {
            try await count(
                """
                SELECT (SELECT count(*) FROM hub.job_ready) + (SELECT count(*) FROM hub.job_lease) + (SELECT count(*) FROM hub.job_wait)
                    + (SELECT count(*) FROM hub.job_later WHERE run_at < now() + interval '10 seconds')
                """) == 0
        }
    }

    func count(_ sql: String) async throws -> Int { try await database.query(Statement("", sql))[0][0].decode(Int.self) }

    func text(_ sql: String) async throws -> String? {
        try await database.query(Statement("", sql)).first?[0].decode(String?.self)
    }

    func set(_ name: String, _ value: String) async throws {
        _ = try await database.query(Statement("", "SELECT hub.change_setting($1, $2, $3, 'test')"), [tenant, name, value])
    }

    /// As if the answer to the call's first write had been lost.
    func forgetTheAnswer(_ call: UUID) async throws {
        try await database.execute(
            Statement(
                "",
                "UPDATE hub.call SET state = 'pending', written = NULL, written_version = NULL, written_at = NULL WHERE call_id = $1"
            ),
            [call])
    }

    /// A finished call of Ann's with the customer, two minutes ago.
    @discardableResult
    func call(
        _ id: UUID? = UUID(), from: String? = customer, to: String? = annsNumber, inbound: Bool = true, answered: Bool = true,
        seconds: Int = 60, user: UUID? = ann, ago: Double = 120, hasStart: Bool = true, recordings: [UUID] = [],
        privacy: String = "Work"
    ) -> UUID {
        sandbox.enreach.add([
            CallEventRecord(
                callID: id, aNumber: from, bNumber: to, start: hasStart ? now.addingTimeInterval(-ago) : nil, inbound: inbound,
                answered: answered, duration: seconds, userID: user, userName: user == nil ? nil : "agent@demo.example",
                recordingIDs: recordings, privacy: privacy, modified: now.addingTimeInterval(-ago / 2))
        ])
        return id ?? UUID()
    }

    /// Whole seconds, as Dataverse keeps them.
    var now: Date { Date(timeIntervalSince1970: sandbox.clock.now.timeIntervalSince1970.rounded(.down)) }
}

// MARK: Looking

extension TestHub {
    /// `state` or `state(reason)`.
    func state(_ call: UUID) async throws -> String {
        try await text("SELECT state || coalesce('(' || reason || ')', '') FROM hub.call WHERE call_id = '\(call.lowercase)'")
            ?? "unknown"
    }

    func story(_ call: UUID) async throws -> [String] {
        try await database.query(
            Statement(
                "", "SELECT event || coalesce('(' || reason || ')', '') FROM hub.timeline WHERE subject_id = $1 ORDER BY at, seq"),
            [call]
        ).map { try $0[0].decode(String.self) }
    }

    /// The phone calls of a call.
    func records(_ call: UUID) -> [DataverseRow] {
        sandbox.dataverse.phoneCalls().filter { $0["enr_callid"].string == call.lowercase }
    }

    func record(_ call: UUID) throws -> DataverseRow {
        let all = records(call)
        guard all.count == 1 else { throw Wrong("\(all.count) phone calls instead of one") }
        return all[0]
    }

    /// The report's view and the table agree, and every call is in one state.
    func isBalanced() async throws -> Bool {
        let differences = try await count("SELECT count(*) FROM report.daily_balance WHERE difference <> 0")
        let seen = try await count("SELECT coalesce(sum(seen), 0)::bigint FROM hub.call_intake")
        let calls = try await count("SELECT count(*) FROM hub.call")
        return differences == 0 && seen == calls
    }

    struct Wrong: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
