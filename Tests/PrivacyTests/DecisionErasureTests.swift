import Foundation
import Logging
import Operations
import Postgres
import Privacy
import Routing
import Runtime
import TestSupport
import Testing

@testable import Router
@testable import TrunklineCommand

/// The router keeps decisions behind its answers; none is kept with a caller who was erased.
@Suite(.database, .timeLimit(.minutes(2))) struct DecisionErasureTests {
    private static let key = PrivacyHub.key

    private func record(_ tenant: Int32, from number: String) -> DecisionRecord {
        let call = RouteCall(
            anum: number, bnum: "+3589310001", extras: [.init(name: "customer", value: "4711")],
            at: Int64(Date().timeIntervalSince1970 * 1000))
        return DecisionRecord(
            tenant: tenant, ruleVersion: nil, directoryVersion: nil, program: nil, call: call, facts: .unknown,
            decision: .standard(.noRules), tookMicroseconds: 5)
    }

    private func writing(
        _ keys: PrivacyKeySource, _ body: (Database, Int32, DecisionQueue, Readiness) async throws -> Void
    ) async throws {
        let administrator = try TestDatabase.current.connect(maximumConnections: 2)
        let tenant = try await administrator.query(
            Statement("", "INSERT INTO hub.tenant (name, region) VALUES ($1, 'FI') RETURNING tenant_id"),
            ["t\(UInt32.random(in: 0 ... .max))"])[0][0].decode(Int32.self)
        let own = try TestDatabase.current.connect(as: "trunkline_router", maximumConnections: 2)
        let queue = DecisionQueue(mostPerSecond: 1000)
        let readiness = Readiness()
        let writer = DecisionWriter(
            queue: queue, database: own, instance: UUID(), masks: false,
            erasures: DecisionErasures(keys: keys, readiness: readiness), logger: Logger(label: "test"))
        let running = Task { try await writer.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(administrator, tenant, queue, readiness)) } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        await own.close()
        await administrator.close()
        try result.get()
    }

    private func bury(_ database: Database, _ tenant: Int32) async throws {
        let tenants = try await TenantStore(database: database).all()
        let named = try #require(tenants.first { $0.id == tenant })
        let key = try #require(try PrivacyKeySource(Self.key).keyring().current)
        let number = try ErasableNumber(reading: PrivacyHub.number, region: "FI")
        _ = try await ErasureStore(database: database, tenant: named, number: number).begin(
            key, who: "jane", why: "test", keepsDynamics: false)
    }

    private func kept(_ database: Database, _ tenant: Int32) async throws -> [String] {
        try await database.query(
            Statement(
                "",
                "SELECT anum || ' ' || (question -> 'extras' IS NOT NULL)::text FROM hub.route_decision WHERE tenant_id = $1 ORDER BY seq"
            ),
            [tenant]
        ).map { try $0[0].decode(String.self) }
    }

    @Test func `decisions of an erased caller are kept without the caller, from the moment of the erasure`() async throws {
        try await writing(try PrivacyKeySource(Self.key)) { database, tenant, queue, _ in
            queue.add([record(tenant, from: "050 123 4567")])
            try await eventually("it is kept") { try await kept(database, tenant).count == 1 }
            try await bury(database, tenant)
            queue.add([record(tenant, from: "050 123 4567"), record(tenant, from: PrivacyHub.other)])
            try await eventually("both are kept") { try await kept(database, tenant).count == 3 }
            #expect(try await kept(database, tenant) == ["050 123 4567 true", "… false", "\(PrivacyHub.other) true"])
        }
    }

    @Test func `a router without the key keeps no callers of the tenant, and says so`() async throws {
        try await writing(.none) { database, tenant, queue, readiness in
            try await bury(database, tenant)
            queue.add([record(tenant, from: PrivacyHub.number), record(tenant, from: PrivacyHub.other)])
            try await eventually("they are kept") { try await kept(database, tenant).count == 2 }
            #expect(try await kept(database, tenant) == ["… false", "… false"])
            #expect(readiness.report().checks.contains { $0.name.hasSuffix(": privacy") && $0.state == .degraded })
        }
    }
}
