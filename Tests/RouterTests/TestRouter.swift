import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOPosix
import Postgres
import Routing
import Runtime
import ServiceLifecycle
import TestSupport

@testable import Router

/// A router in this process, with a tenant, a key and rules in the suite's database.
final class TestRouter: Sendable {
    static let rules = """
        queues: {main: +35893100500, vip: +35893100502}
        rules:
          - {name: blocked, when: {blocked: true}, to: disconnect}
          - {name: vip, when: {segment: VIP}, to: vip, fail: owner}
          - {name: recent, when: {last_agent_within_days: 30}, to: last-agent}
          - {name: known, when: {caller: known}, to: owner}
        """

    /// The test's own way to the database, and the router's, with the router's rights.
    let database: Database
    let own: Database
    let tenant: Int32
    let name: String
    let key: String
    let server: RouteServer
    let queue: DecisionQueue
    let freshness: Freshness
    let readiness = Readiness()
    let lookups: LookupBatcher?
    let loops: RouteLoops
    private let keeper: SnapshotKeeper
    private let group: ServiceGroup

    var port: Int { server.port ?? 0 }

    /// A deadline that also a machine keeps that has much else to do.
    static let patient: RouteSettings = {
        var settings = RouteSettings()
        settings.deadline = .seconds(5)
        return settings
    }()

    /// How a router is made.
    struct Options {
        var usesDatabaseIndex = false
        var settings = patient
        var tls: TLSFiles?
        var stale: Duration = .seconds(3600)
        var keepsDecisions = false
        var masks = false
        /// Where its database is, if not where the test's is.
        var url: String?
        var listens = true
    }

    /// Runs `body` with a router that serves, then stops it.
    static func run(
        rules: String? = rules, usesDatabaseIndex: Bool = false, settings: RouteSettings = patient, tls: TLSFiles? = nil,
        stale: Duration = .seconds(3600), keepsDecisions: Bool = false, masks: Bool = false,
        prepare: (Database, Int32) async throws -> Void = { _, _ in }, _ body: (TestRouter) async throws -> Void
    ) async throws {
        let options = Options(
            usesDatabaseIndex: usesDatabaseIndex, settings: settings, tls: tls, stale: stale, keepsDecisions: keepsDecisions,
            masks: masks)
        try await run(rules: rules, options: options, prepare: prepare, body)
    }

    static func run(
        rules: String? = rules, options: Options, prepare: (Database, Int32) async throws -> Void = { _, _ in },
        _ body: (TestRouter) async throws -> Void
    ) async throws {
        let database = try TestDatabase.current.connect()
        let (tenant, name, key) = try await makeTenant(rules: rules, on: database)
        try await prepare(database, tenant)
        let router = try await TestRouter(database, tenant, name, key, options)
        try await router.serve(body)
        await database.close()
    }

    /// A tenant, its name and its key.
    static func makeTenant(rules: String?, on database: Database) async throws -> (id: Int32, name: String, key: String) {
        let name = "t\(UInt32.random(in: 0 ... .max))"
        let tenant = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name, region) VALUES ($1, 'FI') RETURNING tenant_id"), [name])[0].decode(
                Int32.self)
        let key = KeyDigest.newKey()
        try await database.withConnection { connection in
            _ = try await ApiKeyStore.add(
                name: "test", digest: KeyDigest.of(key), networks: [], tenant: tenant, who: "test", expires: nil, on: connection)
            if let rules {
                _ = try await RuleSetStore.apply(
                    rules, rules: 1, tenant: tenant, after: 0, who: "test", note: nil, on: connection)
            }
        }
        return (tenant, name, key)
    }

    /// Runs `body` with another instance that serves the same tenants.
    func beside(_ options: Options, _ body: (TestRouter) async throws -> Void) async throws {
        try await TestRouter(database, tenant, name, key, options).serve(body)
    }

    /// Applies rules to the tenant.
    func apply(_ rules: String) async throws {
        _ = try await database.withTransaction { [tenant] in
            try await RuleSetStore.apply(rules, rules: 1, tenant: tenant, after: nil, who: "test", note: nil, on: $0)
        }
    }

    /// Rules that are applied to a tenant count within two seconds for this instance.
    ///
    /// - Parameters:
    ///   - other: the tenant and a key of its; nil: those of the router.
    ///   - rules: those of the try of that number, which send the known caller to that target.
    func appliesInTime(
        to other: (tenant: Int32, key: String)? = nil, _ rules: (_ target: String) -> String = TestRouter.rulesToOne
    ) async throws {
        let (tenant, key) = other ?? (tenant: tenant, key: key)
        try await inTime(.seconds(2), "the rules count") { number in
            // Each time another one than before, whoever applied that.
            let target = "+358932\(UInt32.random(in: 100_000...999_999))"
            let document = rules(target)
            _ = try await database.withTransaction {
                try await RuleSetStore.apply(document, rules: 1, tenant: tenant, after: nil, who: "test", note: nil, on: $0)
            }
            let applied = ContinuousClock.now
            try await eventually("the rules of try \(number) count") {
                try await ask("+358401234567", key: key).target == target
            }
            return applied
        }
    }

    /// By which known callers go to that number.
    static func rulesToOne(_ target: String) -> String { "rules: [{name: a, when: {caller: known}, to: '\(target)'}]" }

    /// A key of the tenant that is revoked counts no more within two seconds for this instance.
    func revokesInTime() async throws {
        try await inTime(.seconds(2), "the key counts no more") { number in
            let key = KeyDigest.newKey()
            let id = try await database.withTransaction { [tenant] in
                try await ApiKeyStore.add(
                    name: "again", digest: KeyDigest.of(key), networks: [], tenant: tenant, who: "test", expires: nil, on: $0)
            }
            try await eventually("the key of try \(number) counts") { try await ask("+358401234567", key: key).status != 401 }
            _ = try await database.withTransaction { [tenant] in
                try await ApiKeyStore.revoke(id, tenant: tenant, who: "test", on: $0)
            }
            let revoked = ContinuousClock.now
            try await eventually("the key of try \(number) counts no more") {
                try await ask("+358401234567", key: key).status == 401
            }
            return revoked
        }
    }

    private func serve(_ body: (TestRouter) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.group.run() }
            do {
                try await eventually("the router serves") {
                    guard server.port != nil else { return false }
                    if case .missing? = try await routes()?.numbers { return false }
                    return try await routes()?.isRead ?? false
                }
                try await body(self)
            } catch {
                await self.group.triggerGracefulShutdown()
                throw error
            }
            await self.group.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        await own.close()
    }

    private init(_ database: Database, _ tenant: Int32, _ name: String, _ key: String, _ options: Options) async throws {
        (self.database, self.tenant, self.name, self.key) = (database, tenant, name, key)
        let url = try options.url ?? TestDatabase.current.url
        var logger = Logger(label: "router")
        logger.logLevel = .critical
        var configuration = DatabaseConfiguration(url, applicationName: "router under test")
        configuration.settings["role"] = "trunkline_router"
        configuration.acquireTimeout = .seconds(5)
        own = Database(configuration, logger: logger)
        queue = DecisionQueue(mostPerSecond: 100_000)
        freshness = Freshness(limit: options.stale)
        lookups = options.usesDatabaseIndex ? LookupBatcher(database: own, workers: 2, logger: logger) : nil
        let shared = RouteShared(queue: queue, lookups: lookups, counters: RouterCounters())
        var settings = options.settings
        if !options.keepsDecisions { settings.keeping = .none }
        let eventLoops = MultiThreadedEventLoopGroup.singleton
        loops = try await RouteLoops(group: eventLoops, settings: settings, shared: shared)
        let listener = options.listens ? Listener(DatabaseConfiguration(url), logger: logger) : nil
        keeper = SnapshotKeeper(
            database: own, listener: listener, usesDatabaseIndex: options.usesDatabaseIndex, loops: loops, freshness: freshness,
            readiness: readiness, logger: logger)
        server = RouteServer(host: "127.0.0.1", port: 0, loops: loops, group: eventLoops, tls: options.tls, logger: logger)
        let writer = DecisionWriter(queue: queue, database: own, instance: UUID(), masks: options.masks, logger: logger)
        let optional: [(any Service)?] = [listener, lookups, options.tls, options.keepsDecisions ? writer : nil]
        let services = optional.compactMap { $0 } + [keeper, server]
        group = ServiceGroup(configuration: .init(services: services.map { .init(service: $0) }, logger: logger))
    }

    /// What the router has of its tenant.
    func routes(of other: Int32? = nil) async throws -> TenantRoutes? { keeper.snapshot.tenants[other ?? tenant] }

    /// Whether it answers from what these versions are of.
    func hasRead(_ versions: RouteStateStore.Versions?) async throws -> Bool {
        guard let versions, let routes = try await routes() else { return false }
        let known = routes.versions
        guard known.rules == versions.rules, known.people == versions.people, known.settings == versions.settings,
            known.scope == versions.scope
        else { return false }
        return lookups == nil ? routes.numberVersions == versions : known.directory == versions.directory
    }

    // MARK: Asking

    struct Answer: Equatable {
        var status: Int
        var body: String
        var target: String? {
            let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
            return object?["InitialTarget"] as? String
        }
    }

    /// A question as it should be.
    func ask(_ anum: String, bnum: String = "+35893100500", key: String? = nil, path: String = "/route") async throws -> Answer {
        let body = try JSONSerialization.data(withJSONObject: ["anum": anum, "bnum": bnum])
        return try await post(String(decoding: body, as: UTF8.self), key: key, path: path)
    }

    /// A request whose body is whatever it is.
    func post(_ body: String, key: String? = nil, path: String = "/route") async throws -> Answer {
        try await post(bytes: Array(body.utf8), key: key, path: path)
    }

    func post(bytes: [UInt8], key: String? = nil, path: String = "/route", method: String = "POST") async throws -> Answer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: router\r\nContent-Length: \(bytes.count)\r\nConnection: close\r\n"
        let key = key ?? self.key
        if !key.isEmpty { text += "X-Benemen-APIKey: \(key)\r\n" }
        let answers = try await raw(Array((text + "\r\n").utf8) + bytes)
        guard let answer = answers.first else { throw NoAnswer() }
        return answer
    }

    struct NoAnswer: Error {}

    /// Sends bytes and reads until the other side closes.
    func raw(_ bytes: [UInt8], halfClose: Bool = false) async throws -> [Answer] {
        let client = try await RawClient.connect(port: port)
        try await client.send(bytes)
        if halfClose { try await client.finish() }
        return Self.answers(try await client.readToEnd())
    }

    /// The answers of HTTP/1.1 in a text.
    static func answers(_ bytes: [UInt8]) -> [Answer] {
        var rest = String(decoding: bytes, as: UTF8.self)[...]
        var answers: [Answer] = []
        while let end = rest.range(of: "\r\n\r\n") {
            let head = rest[..<end.lowerBound]
            let lines = head.split(separator: "\r\n")
            let status = Int(lines[0].split(separator: " ")[1]) ?? 0
            let length =
                lines.first { $0.lowercased().hasPrefix("content-length:") }.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
            rest = rest[end.upperBound...]
            if status == 100 { continue }
            let body = rest.utf8.prefix(length)
            answers.append(Answer(status: status, body: String(body) ?? ""))
            rest = rest[body.endIndex...]
        }
        return answers
    }
}
