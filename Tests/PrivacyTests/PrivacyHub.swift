import AsyncHTTPClient
import Dynamics
import EmbeddedPostgres
import Enreach
import Foundation
import HTTPTypes
import Jobs
import Logging
import Model
import Postgres
import Privacy
import Runtime
import Sandbox
import TestSupport

@testable import CallSync
@testable import CallbackSync
@testable import Tenants
@testable import UserSync

/// A tenant between the sandbox's two vendors, with a database of its own and the workers of call-sync and callback-sync.
final class PrivacyHub: Sendable {
    static let key = Data((0..<32).map { $0 &* 7 &+ 3 }).base64EncodedString()
    static let number = "+358501234567"
    static let digits = "501234567"
    /// Another person's, one digit off.
    static let other = "+358501234568"
    static let annsNumber = "+3589310001"
    static let ann = UUID(uuidString: "00000000-0000-4000-8000-00000000000a")!
    static let annInDynamics = UUID(uuidString: "10000000-0000-4000-8000-00000000000a")!
    static let chloe = UUID(uuidString: "20000000-0000-4000-8000-000000000001")!
    static let list = CallbackListRecord(id: UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000001")!, name: "Support callbacks")
    static let queue = UUID(uuidString: "bbbbbbbb-0000-4000-8000-000000000001")!

    let database: Database
    let sandbox: SandboxServer
    let tenant: Int32
    let book: TenantBook
    let readiness = Readiness()
    let instance = UUID()
    private let url: String
    private let logger = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }

    private init(url: String, database: Database, sandbox: SandboxServer, tenant: Int32, keys: PrivacyKeySource) {
        self.url = url
        self.database = database
        self.sandbox = sandbox
        self.tenant = tenant
        let addresses = sandbox.addresses
        var enreach = EnreachConfiguration(
            address: .discovery(url: addresses.enreachDiscovery), username: "integration@demo.example",
            credential: .secretKey("demo-secret-key"))
        enreach.retry = RetryPolicy(attempts: 2, base: .milliseconds(5), cap: .milliseconds(20), longestRetryAfter: .seconds(1))
        var dynamics = DynamicsConfiguration(
            url: addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret("demo-secret-one")])
        dynamics.authority = addresses.authority
        let connection = TenantConnection(
            name: "demo", enreach: EnreachClient(configuration: enreach, http: .shared, logger: logger),
            dynamics: DynamicsClient(configuration: dynamics, budget: UnlimitedBudget(), http: .shared, logger: logger),
            webhookToken: { "hook-secret" })
        book = TenantBook(database: database, connections: [connection], privacy: keys, logger: logger)
    }

    /// Raises a hub, runs the body, and takes it down.
    ///
    /// - Parameters:
    ///   - keys: the programs' privacy keys.
    ///   - works: false leaves the workers to ``working(_:)``.
    static func with(
        keys: PrivacyKeySource? = nil, works: Bool = true, change: (inout SandboxConfiguration) -> Void = { _ in },
        _ body: (PrivacyHub) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.enreach.visibleAfter = 0
        configuration.dataverse.limits = .off
        change(&configuration)
        let sandbox = try await SandboxServer.start(configuration)
        let clone = try await TestDatabase.current.fresh()
        let database = clone.connect()
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name, region) VALUES ('demo', 'FI') RETURNING tenant_id"))[0][0].decode(
                Int32.self)
        let hub = PrivacyHub(
            url: clone.url, database: database, sandbox: sandbox, tenant: tenant, keys: try keys ?? PrivacyKeySource(key))
        let result: Result<Void, any Error>
        do {
            try await hub.seed()
            if works { try await hub.working { try await body(hub) } } else { try await body(hub) }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await database.close()
        await sandbox.stop()
        try result.get()
    }

    /// Runs the body while both programs' workers are at work.
    func working(_ body: () async throws -> Void) async throws {
        let health = TenantHealth(readiness: readiness, logger: logger)
        let workers = Task {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await self.work(
                        JobKinds.queue,
                        CallSyncProgram.handlers(
                            database: self.database, book: self.book, instance: self.instance, health: health, logger: self.logger
                        ))
                }
                group.addTask {
                    try await self.work(
                        CallbackJobs.queue,
                        CallbackSyncProgram.handlers(
                            database: self.database, book: self.book, instance: self.instance, health: health))
                }
                try await group.waitForAll()
            }
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        workers.cancel()
        _ = await workers.result
        try result.get()
    }

    private func work(_ queue: String, _ handlers: [any JobHandler]) async throws {
        var configuration = JobWorkerConfiguration()
        configuration.pollAtMost = .milliseconds(10)
        configuration.pollAtLeast = .milliseconds(20)
        configuration.tend = .milliseconds(50)
        try await JobWorker(
            database: database, listener: nil, queue: queue, program: queue, handlers: handlers, configuration: configuration,
            logger: logger
        ).run()
    }

    private func seed() async throws {
        sandbox.enreach.set(
            users: [
                EnreachUserRecord(
                    id: Self.ann, userName: "ann@demo.example", email: "ann@demo.example", firstName: "Ann", lastName: "Virtanen",
                    workNumber: Self.annsNumber, mobileNumber: nil)
            ], queues: [])
        sandbox.enreach.set(callbackLists: [Self.list])
        try sandbox.dataverse.seed(
            "systemusers",
            [
                [
                    "systemuserid": .string(Self.annInDynamics.lowercase), "firstname": "Ann", "lastname": "Virtanen",
                    "internalemailaddress": "ann@demo.example", "enr_userid": .string(Self.ann.lowercase),
                ]
            ])
        try sandbox.dataverse.seed(
            "contacts", [["contactid": .string(Self.chloe.lowercase), "firstname": "Chloé", "mobilephone": "050 123 4567"]])
        try sandbox.dataverse.seed(
            "queues",
            [
                [
                    "queueid": .string(Self.queue.lowercase), "name": "Support",
                    "ownerid@odata.bind": .string("/systemusers(\(Self.annInDynamics.lowercase))"),
                ]
            ])
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.callback_profile (
                    tenant_id, profile_id, source, name, callback_list_id, queue_id, method, age, age_unit, changed_by)
                VALUES ($1, gen_random_uuid(), 'hub', 'Support', $2, $3, 'polling', 3, 'days', 'test')
                """), [tenant, Self.list.id, Self.queue])
    }
}

// MARK: Doing things

extension PrivacyHub {
    /// Has one job of a kind done.
    func run(_ kind: String, queue: String = JobKinds.queue, payload: JSONB = "{}") async throws {
        let id = try await JobQueue(database: database).enqueue([
            NewJob(kind: kind, tenant: tenant, payload: payload, maxAttempts: 4, queue: queue)
        ])[0]
        try await eventually(within: .seconds(60), "\(kind) is done") {
            try await count(
                "SELECT (SELECT count(*) FROM hub.job_done WHERE id = \(id)) + (SELECT count(*) FROM hub.job_dead WHERE id = \(id))"
            ) > 0
        }
    }

    /// Reads people, calls and requests, and waits until nothing is left to do.
    func sync() async throws {
        try await run(JobKinds.people)
        try await run(JobKinds.poll)
        try await run(CallbackJobs.poll, queue: CallbackJobs.queue)
        try await quiet()
    }

    /// Waits until no job is left that would run soon.
    func quiet() async throws {
        try await eventually(within: .seconds(60), "no job is left") {
            try await count(
                """
                SELECT (SELECT count(*) FROM hub.job_ready) + (SELECT count(*) FROM hub.job_lease) + (SELECT count(*) FROM hub.job_wait)
                    + (SELECT count(*) FROM hub.job_later WHERE run_at < now() + interval '10 seconds')
                """) == 0
        }
    }

    /// Reads the past anew, as `trunkline backfill` asks for it.
    func backfill() async throws {
        let id = try await database.query(
            Statement(
                "",
                """
                INSERT INTO hub.backfill (tenant_id, from_at, to_at, read_until, requested_by)
                VALUES ($1, now() - interval '2 days', now() + interval '1 hour', now() - interval '2 days', 'test') RETURNING backfill_id
                """), [tenant])[0][0].decode(Int64.self)
        try await JobQueue(database: database).enqueue([
            NewJob(
                kind: JobKinds.backfill, tenant: tenant, payload: JSONBText.backfill(id), key: "backfill/\(id)", lane: .backfill,
                queue: JobKinds.queue)
        ])
        try await eventually(within: .seconds(60), "the past is read") {
            try await text("SELECT state FROM hub.backfill WHERE backfill_id = \(id)") == "read"
        }
        try await quiet()
    }

    /// Reads contacts, accounts and leads.
    func readDirectory() async throws {
        guard let tenant = try await book.situation(tenant), let connection = tenant.connection else { throw Wrong("no tenant") }
        for table in DirectoryTable.allCases {
            let reader = DirectoryReader(
                table: table, tenant: tenant, dynamics: connection.dynamics, database: database, logger: logger)
            while try await reader.work() == .more {}
        }
    }

    /// A call of Ann's, some minutes ago.
    @discardableResult
    func call(
        _ id: UUID? = UUID(), from: String?, seconds: Int = 60, answered: Bool = true, to: String = annsNumber,
        inbound: Bool = true,
        ago: Double = 300, privacy: String = "Work"
    ) -> UUID {
        sandbox.enreach.add([
            CallEventRecord(
                callID: id, aNumber: from, bNumber: to, start: now.addingTimeInterval(-ago), inbound: inbound, answered: answered,
                duration: seconds, userID: Self.ann, userName: "ann@demo.example", privacy: privacy,
                modified: now)
        ])
        return id ?? UUID()
    }

    /// Somebody asks to be called back.
    @discardableResult
    func request(_ number: String?, note: String? = nil, ago: Double = 60) -> UUID {
        var record = CallbackRecord(id: UUID(), list: Self.list, number: number, created: now.addingTimeInterval(-ago))
        record.note = note ?? record.note
        sandbox.enreach.add([record], tells: false)
        return record.id
    }

    /// What Enreach posts about a call.
    func tell(_ call: UUID) async throws {
        let route = WebhookRoute(
            book: book, database: database, networks: try SourceNetworks(""), logger: logger, look: EventLook.job)
        let body = #"{"Id":"\#(UUID())","CallId":"\#(call.lowercase)","EventType":"QueueCallInCompleted"}"#
        let status = await route.answer(token: "hook-secret", event: nil, tenant: "demo") { Array(body.utf8) }
        guard status == .accepted else { throw Wrong("the webhook was answered \(status)") }
        try await quiet()
    }

    var now: Date { Date(timeIntervalSince1970: sandbox.clock.now.timeIntervalSince1970.rounded(.down)) }

    func execute(_ sql: String, _ parameters: [any PostgresEncodable] = []) async throws {
        try await database.execute(Statement("", sql), parameters)
    }

    /// The `trunkline` command with an operator's rights and the hub's privacy key.
    func command(_ arguments: String..., key: String? = PrivacyHub.key) async throws -> CommandProcess {
        try await command(arguments, key: key)
    }

    /// - Parameter input: what stands on its standard input.
    func command(_ arguments: [String], key: String? = PrivacyHub.key, input: String = "") async throws -> CommandProcess {
        try CommandProcess(
            arguments, database: try await operatorLogin(), environment: key.map { ["TRUNKLINE_PRIVACY_KEY": $0] } ?? [:],
            input: input)
    }

    /// A login that is a member of `trunkline_operator` and nothing else.
    func operatorLogin() async throws -> String {
        let name = "operator_\(UUID().uuidString.prefix(8).lowercased())"
        try await database.withConnection {
            try await $0.run(script: "CREATE ROLE \(name) LOGIN PASSWORD 'open' IN ROLE trunkline_operator")
        }
        let server = try await TestCluster.shared.server()
        return server.connectionString(
            database: String(url.split(separator: "/").last ?? ""), user: name, password: "open")
    }
}

// MARK: Looking

extension PrivacyHub {
    func count(_ sql: String) async throws -> Int { try await database.query(Statement("", sql))[0][0].decode(Int.self) }

    func text(_ sql: String) async throws -> String? {
        try await database.query(Statement("", sql)).first?[0].decode(String?.self)
    }

    /// `state` or `state(reason)`.
    func state(_ call: UUID) async throws -> String {
        try await text("SELECT state || coalesce('(' || reason || ')', '') FROM hub.call WHERE call_id = '\(call.lowercase)'")
            ?? "unknown"
    }

    func callbackState(_ callback: UUID) async throws -> String {
        try await text(
            "SELECT state || coalesce('(' || reason || ')', '') FROM hub.callback WHERE callback_id = '\(callback.lowercase)'")
            ?? "unknown"
    }

    /// The phone calls of a call or a request.
    func records(_ subject: UUID) -> [DataverseRow] {
        sandbox.dataverse.phoneCalls().filter {
            $0["enr_callid"].string == subject.lowercase || $0["enr_callbackid"].string == subject.lowercase
        }
    }

    func record(_ subject: UUID) throws -> DataverseRow {
        let all = records(subject)
        guard all.count == 1 else { throw Wrong("\(all.count) phone calls instead of one") }
        return all[0]
    }

    /// Whether the report and the tables agree, for calls and for requests.
    func isBalanced() async throws -> Bool {
        let calls = try await count("SELECT count(*) FROM report.daily_balance WHERE difference <> 0")
        let callbacks = try await count("SELECT count(*) FROM report.callback_balance WHERE difference <> 0")
        let seen = try await count("SELECT coalesce(sum(seen), 0)::bigint FROM hub.call_intake")
        let stored = try await count("SELECT count(*) FROM hub.call")
        return calls == 0 && callbacks == 0 && seen == stored
    }

    struct Wrong: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}
