import AsyncHTTPClient
import Dynamics
import Enreach
import FoundationEssentials
import HTTPTypes
import Jobs
import Logging
import Model
import Postgres
import Runtime
import Sandbox
import TestSupport

@testable import CallbackSync
@testable import Tenants

/// A tenant with callback lists and queues between the sandbox's two vendors, a database of its own, and a worker at work.
final class CallbackHub: Sendable {
    static let list = CallbackListRecord(id: UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000001")!, name: "Support callbacks")
    static let otherList = CallbackListRecord(
        id: UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000002")!, name: "Sales callbacks")
    static let queue = UUID(uuidString: "bbbbbbbb-0000-4000-8000-000000000001")!
    static let otherQueue = UUID(uuidString: "bbbbbbbb-0000-4000-8000-000000000002")!
    static let ann = UUID(uuidString: "10000000-0000-4000-8000-00000000000a")!
    static let bob = UUID(uuidString: "10000000-0000-4000-8000-00000000000b")!
    static let profile = UUID(uuidString: "cccccccc-0000-4000-8000-000000000001")!
    static let number = "+358501234567"

    let database: Database
    let sandbox: SandboxServer
    let tenant: Int32
    let book: TenantBook
    let readiness = Readiness()
    let instance = UUID()
    let connection: TenantConnection
    let logger = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }

    private init(database: Database, sandbox: SandboxServer, tenant: Int32, requests: RequestMap) {
        self.database = database
        self.sandbox = sandbox
        self.tenant = tenant
        let addresses = sandbox.addresses
        var enreach = EnreachConfiguration(
            address: .discovery(url: addresses.enreachDiscovery), username: "integration@demo.example",
            credential: .secretKey("demo-secret-key"))
        enreach.requests = requests
        enreach.retry = RetryPolicy(attempts: 2, base: .milliseconds(5), cap: .milliseconds(20), longestRetryAfter: .seconds(1))
        var dynamics = DynamicsConfiguration(
            url: addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret("demo-secret-one")])
        dynamics.authority = addresses.authority
        connection = TenantConnection(
            name: "demo", enreach: EnreachClient(configuration: enreach, http: .shared, logger: logger),
            dynamics: DynamicsClient(configuration: dynamics, budget: UnlimitedBudget(), http: .shared, logger: logger),
            webhookToken: { "hook-secret" })
        book = TenantBook(database: database, connections: [connection], logger: logger)
    }

    /// Raises a hub, runs the body, and takes it down.
    ///
    /// - Parameters:
    ///   - works: false leaves the worker out, so that jobs wait.
    ///   - requests: the names that the hub is configured with.
    static func with(
        change: (inout SandboxConfiguration) -> Void = { _ in }, works: Bool = true, requests: RequestMap = .standard,
        _ body: (CallbackHub) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.enreach.visibleAfter = 0
        configuration.dataverse.limits = .off
        change(&configuration)
        let sandbox = try await SandboxServer.start(configuration)
        let database = try await TestDatabase.current.fresh().connect()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ('demo') RETURNING tenant_id"))[0][0].decode(Int32.self)
        let hub = CallbackHub(database: database, sandbox: sandbox, tenant: tenant, requests: requests)
        let worker = Task { if works { try await hub.work() } }
        let result: Result<Void, any Error>
        do {
            try hub.seed()
            result = .success(try await body(hub))
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
        try await JobWorker(
            database: database, listener: nil, queue: CallbackJobs.queue, program: "callback-sync",
            handlers: CallbackSyncProgram.handlers(
                database: database, book: book, instance: instance, health: TenantHealth(readiness: readiness, logger: logger)),
            configuration: configuration, logger: logger
        ).run()
    }

    private func seed() throws {
        sandbox.enreach.set(callbackLists: [Self.list, Self.otherList])
        try sandbox.dataverse.seed(
            "systemusers",
            [
                ["systemuserid": .string(Self.ann.lowercase), "firstname": "Ann", "lastname": "Virtanen"],
                ["systemuserid": .string(Self.bob.lowercase), "firstname": "Bob", "lastname": "Laine", "isdisabled": true],
            ])
        try addQueue(Self.queue, "Support", owner: Self.ann)
        try addQueue(Self.otherQueue, "Sales", owner: Self.bob)
    }

    func addQueue(_ id: UUID, _ name: String, owner: UUID) throws {
        try sandbox.dataverse.seed(
            "queues",
            [
                [
                    "queueid": .string(id.lowercase), "name": .string(name),
                    "ownerid@odata.bind": .string("/systemusers(\(owner.lowercase))"),
                ]
            ])
    }
}

// MARK: Doing things

extension CallbackHub {
    /// Makes a profile, or changes the one of that id.
    func profile(
        _ id: UUID = profile, name: String = "Support", list: UUID? = list.id, queue: UUID? = queue,
        ownership: String = "api_user",
        subject: String? = nil, duplicates: String = "bundle", method: String = "polling", age: Int32? = 2, unit: String? = "days"
    ) async throws {
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.callback_profile (
                    tenant_id, profile_id, source, name, callback_list_id, queue_id, ownership_rule, subject, duplicate_rule, method, age,
                    age_unit, changed_by)
                VALUES ($1, $2, 'hub', $3, $4, $5, $6, $7, $8, $9, $10, $11, 'test')
                ON CONFLICT (tenant_id, profile_id) DO UPDATE SET
                    name = excluded.name, callback_list_id = excluded.callback_list_id, queue_id = excluded.queue_id,
                    ownership_rule = excluded.ownership_rule, subject = excluded.subject, duplicate_rule = excluded.duplicate_rule,
                    method = excluded.method, age = excluded.age, age_unit = excluded.age_unit
                """),
            [tenant, id, name, list, queue, ownership, subject, duplicates, method, age, unit])
    }

    /// Somebody asks to be called back, a minute ago.
    @discardableResult
    func request(
        _ number: String? = number, list: CallbackListRecord = list, ago: Double = 60, tells: Bool = false,
        change: (inout CallbackRecord) -> Void = { _ in }
    ) -> UUID {
        var record = CallbackRecord(id: UUID(), list: list, number: number, created: now.addingTimeInterval(-ago))
        change(&record)
        sandbox.enreach.add([record], tells: tells)
        return record.id
    }

    /// Has one job of a kind done.
    func run(_ kind: String, payload: JSONB = "{}") async throws {
        let id = try await JobQueue(database: database).enqueue([
            NewJob(kind: kind, tenant: tenant, payload: payload, maxAttempts: 4, queue: CallbackJobs.queue)
        ])[0]
        try await eventually(within: .seconds(120), "\(kind) is done") {
            try await count(
                "SELECT (SELECT count(*) FROM hub.job_done WHERE id = \(id)) + (SELECT count(*) FROM hub.job_dead WHERE id = \(id))"
            ) > 0
        }
    }

    /// Polls, and waits until nothing is left to do.
    func sync() async throws {
        try await run(CallbackJobs.poll)
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

    /// Makes every job that was put off due now.
    func hurry() async throws {
        try await database.execute(Statement("", "UPDATE hub.job_later SET run_at = now()"))
    }

    func webhooks(networks: String = "", gate: WebhookGate = WebhookGate()) throws -> WebhookRoute {
        WebhookRoute(
            book: book, database: database, networks: try SourceNetworks(networks), gate: gate, logger: logger,
            look: EventLook.job)
    }

    /// What Enreach would post about a request.
    func tell(_ callback: UUID, event: String = "CallbackCreated", id: UUID = UUID(), list: UUID = list.id) async throws {
        let body =
            #"{"Id":"\#(id)","EventType":"\#(event)","EntityType":"CallList","EntityId":"\#(list)","CallbackListItemId":"\#(callback)","Timestamp":"\#(now.formatted(.iso8601))"}"#
        let status = try await webhooks().answer(token: "hook-secret", event: event, tenant: "demo") { Array(body.utf8) }
        guard status == .accepted else { throw Wrong("the webhook was answered \(status)") }
    }

    func set(_ name: String, _ value: String) async throws {
        _ = try await database.query(Statement("", "SELECT hub.change_setting($1, $2, $3, 'test')"), [tenant, name, value])
    }

    /// Whole seconds, as Dataverse keeps them.
    var now: Date { Date(timeIntervalSince1970: sandbox.clock.now.timeIntervalSince1970.rounded(.down)) }
}

// MARK: Looking

extension CallbackHub {
    func count(_ sql: String) async throws -> Int { try await database.query(Statement("", sql))[0][0].decode(Int.self) }

    func text(_ sql: String) async throws -> String? {
        try await database.query(Statement("", sql)).first?[0].decode(String?.self)
    }

    /// A column of the request's row, as text.
    func column(_ name: String, of callback: UUID) async throws -> String? {
        try await text("SELECT \(name)::text FROM hub.callback WHERE callback_id = '\(callback.lowercase)'")
    }

    /// `state` or `state(reason)`.
    func state(_ callback: UUID) async throws -> String {
        try await text(
            "SELECT state || coalesce('(' || reason || ')', '') FROM hub.callback WHERE callback_id = '\(callback.lowercase)'")
            ?? "unknown"
    }

    func story(_ callback: UUID) async throws -> [String] {
        try await database.query(
            Statement(
                "", "SELECT event || coalesce('(' || reason || ')', '') FROM hub.timeline WHERE subject_id = $1 ORDER BY at, seq"),
            [callback]
        ).map { try $0[0].decode(String.self) }
    }

    func problem(_ profile: UUID = profile) async throws -> String? {
        try await text("SELECT problem FROM hub.callback_check WHERE profile_id = '\(profile.lowercase)'")
    }

    func records(_ callback: UUID) -> [DataverseRow] {
        sandbox.dataverse.phoneCalls().filter { $0["enr_callbackid"].string == callback.lowercase }
    }

    func record(_ callback: UUID) throws -> DataverseRow {
        let all = records(callback)
        guard all.count == 1 else { throw Wrong("\(all.count) phone calls instead of one") }
        return all[0]
    }

    /// The queue its phone call stands in.
    func queue(of callback: UUID) throws -> String? {
        let record = try record(callback)
        return sandbox.dataverse.rows("queueitems").first {
            $0["objectid"].string == record.id && $0["statecode"].integer == 0
        }?["queueid"].string
    }

    /// State and result in Enreach.
    func inEnreach(_ callback: UUID) -> String {
        guard let record = sandbox.enreach.callback(callback) else { return "gone" }
        return "\(record.state.rawValue) \(record.result)"
    }

    struct Wrong: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
