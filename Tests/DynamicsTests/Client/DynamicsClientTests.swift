import Dynamics
import Foundation
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite struct DynamicsClientTests {
    @Test func `a hundred calls are created and completed, and a replay changes nothing`() async throws {
        try await withDynamics { dynamics in
            let calls = (0..<100).map { _ in TestCall() }
            let client = dynamics.client
            let first = try await client.batch(calls.map(\.operation), lane: .live)
            #expect(first.map(\.outcome) == Array(repeating: .success, count: 100))
            #expect(first.allSatisfy { $0.responses.count == 2 })
            let again = try await client.batch(calls.map(\.operation), lane: .live)
            #expect(again.map(\.outcome) == Array(repeating: .alreadyWritten, count: 100))
            #expect(dynamics.sandbox.dataverse.count("phonecalls") == 100)
        }
    }

    @Test(arguments: [(75, 3), (76, 4), (150, 6)])
    func `a long list goes in so many requests, and no more`(calls: Int, requests: Int) async throws {
        try await withDynamics { dynamics in
            let operations = (0..<calls).map { _ in TestCall().operation }
            _ = try await dynamics.client.batch(operations, lane: .live, changeSetsPerRequest: 25)
            #expect(dynamics.sandbox.dataverse.limitFigures().requests == requests)
            // Without a number of its own it is the configuration's.
            dynamics.sandbox.dataverse.resetLimitFigures()
            _ = try await dynamics.client { $0.changeSetsPerRequest = 25 }.batch(operations, lane: .live)
            #expect(dynamics.sandbox.dataverse.limitFigures().requests == requests)
        }
    }

    @Test func `it tells which of the named privileges the application user has`() async throws {
        try await withDynamics { dynamics in
            dynamics.sandbox.dataverse.setRoles(missingPrivileges: ["prvReadLead"], localPrivileges: ["prvReadContact"])
            let user = try await dynamics.client.whoAmI().userID
            let held = try await dynamics.client.privileges(
                of: user, among: ["prvReadContact", "prvReadLead", "prvAssignActivity", "prvReadNothing"], lane: .live)
            #expect(
                held == [
                    UserPrivilege(name: "prvReadContact", depth: "Local"),
                    UserPrivilege(name: "prvAssignActivity", depth: "Global"),
                ])
            #expect(held.map(\.isGlobal) == [false, true])
            await #expect(throws: DynamicsError.self) {
                _ = try await dynamics.client.privileges(of: UUID(), among: ["prvReadContact"], lane: .live)
            }
        }
    }

    @Test func `one bad record fails alone`() async throws {
        try await withDynamics { dynamics in
            var calls = (0..<5).map { _ in TestCall() }
            calls[2].subject = String(repeating: "x", count: 201)
            let results = try await dynamics.client.batch(calls.map(\.operation), lane: .live)
            #expect(results.map(\.outcome.name) == ["success", "success", "permanent", "success", "success"])
            #expect(results[2].outcome.fault?.code == "0x80044331")
            #expect(dynamics.sandbox.dataverse.count("phonecalls") == 4)
        }
    }

    @Test func `without continue-on-error the rest is not tried`() async throws {
        try await withDynamics { dynamics in
            var calls = (0..<4).map { _ in TestCall() }
            calls[1].subject = String(repeating: "x", count: 201)
            let results = try await dynamics.client.batch(calls.map(\.operation), lane: .live, continueOnError: false)
            #expect(results.map(\.outcome.name) == ["success", "permanent", "not_tried", "not_tried"])
        }
    }

    @Test func `conditions hold on their own as well`() async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client
            let call = TestCall()
            let patch = Array(#"{"description":"x"}"#.utf8)
            #expect(try await client.perform(.updateOnly(call.path, patch), lane: .live).outcome == .deletedByHuman)
            #expect(try await client.perform(.createOnly(call.path, call.body), lane: .live).outcome == .success)
            #expect(try await client.perform(.createOnly(call.path, call.body), lane: .live).outcome == .alreadyWritten)
            let row = try #require(try await client.row(ODataQuery(call.path, select: ["subject"]), lane: .live))
            let etag = try #require(row.etag)
            #expect(try await client.perform(.guarded(call.path, etag: etag, patch), lane: .live).outcome == .success)
            #expect(try await client.perform(.guarded(call.path, etag: etag, patch), lane: .live).outcome == .versionConflict)
            #expect(try await client.perform(.delete(call.path, etag: etag), lane: .live).outcome == .versionConflict)
            #expect(try await client.perform(.delete(call.path), lane: .live).outcome == .success)
            #expect(try await client.row(ODataQuery(call.path), lane: .live) == nil)
            #expect(try await client.perform(.delete(call.path), lane: .live).outcome == .deletedByHuman)
            #expect(try await client.perform(.upsert(call.path, call.body), lane: .live).outcome == .success)
        }
    }

    @Test func `a reference to nobody is told apart from a deleted row`() async throws {
        try await withDynamics { dynamics in
            let call = TestCall()
            var body = ODataBody()
            body.set("subject", "x")
            body.bind("regardingobjectid_contact_phonecall", "/contacts(11111111-1111-4111-8111-111111111111)")
            let result = try await dynamics.client.batch([.changeSet([.createOnly(call.path, body.bytes)])], lane: .live)[0]
            #expect(result.outcome.name == "missing_reference")
        }
    }

    @Test func `pages are followed to the end`() async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client
            _ = try await client.batch((0..<25).map { _ in TestCall().operation }, lane: .live)
            var query = ODataQuery("phonecalls", select: ["activityid"], filter: .equal("phonenumber", .string("+31205550101")))
            query.orderBy = ["activityid"]
            query.pageSize = 10
            let rows = try await client.query(query, lane: .live)
            #expect(Set(rows.compactMap { $0.guid("activityid") }).count == 25)
        }
    }

    @Test func `reads and writes may share a batch`() async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client
            let call = TestCall()
            let query = ODataQuery("phonecalls", select: ["subject"], filter: .in("phonenumber", ["+31205550101", "+1"]))
            let results = try await client.batch([call.operation, .get(query)], lane: .live)
            #expect(results.map(\.outcome) == [.success, .success])
            #expect(ODataPage(json: results[1].body)?.rows.count == 1)
        }
    }

    @Test(arguments: [FaultKind.cutAfter, .truncate, .garbage, .status502, .cutBefore])
    func `an unknown result is repeated and stays one record`(kind: FaultKind) async throws {
        try await withDynamics { dynamics in
            let client = dynamics.client
            _ = try await client.whoAmI()
            dynamics.sandbox.faults.add(Fault(kind, on: .dataverse, times: 1))
            let calls = (0..<3).map { _ in TestCall() }
            let lost = try await client.batch(calls.map(\.operation), lane: .live)
            #expect(lost.contains { $0.outcome.name == "transient" }, "\(lost.map(\.outcome))")
            let again = try await client.batch(calls.map(\.operation), lane: .live)
            #expect(again.allSatisfy { $0.outcome.isWritten }, "\(again.map(\.outcome))")
            #expect(dynamics.sandbox.dataverse.count("phonecalls") == 3)
        }
    }

    @Test(arguments: [FaultKind.throttleRequests, .throttleTime, .throttleConcurrency])
    func `a refusal is reported with its kind and tried again`(kind: FaultKind) async throws {
        let budget = UnlimitedBudget()
        try await withDynamics(budget: budget) { dynamics in
            let client = dynamics.client
            _ = try await client.whoAmI()
            dynamics.sandbox.faults.add(Fault(kind, on: .dataverse, seconds: 1, times: 1))
            #expect(try await client.batch([TestCall().operation], lane: .live)[0].outcome == .success)
        }
        #expect(budget.figures.throttled.values.reduce(0, +) == 1)
        #expect(budget.figures.inFlight == 0)
    }

    @Test func `missing privileges are the administrator's business`() async throws {
        try await withDynamics { dynamics in
            dynamics.sandbox.dataverse.setRoles(missingPrivileges: ["prvCreateActivity"])
            let outcome = try await dynamics.client.batch([TestCall().operation], lane: .live)[0].outcome
            #expect(outcome.name == "privilege")
            #expect(outcome.fault?.operatorText.contains("prvCreateActivity") == true)
        }
    }

    @Test func `requests spread over all servers, since the cookie stays at home`() async throws {
        let budget = RecordingBudget()
        try await withDynamics(budget: budget) { dynamics in
            let client = dynamics.client
            for _ in 0..<60 { _ = try await client.whoAmI() }
        }
        #expect(budget.servers.count == 4)
    }

    @Test func `a cancelled request gives its admission back`() async throws {
        let budget = UnlimitedBudget()
        try await withDynamics(budget: budget) { configuration in
            configuration.dataverse.latency.read = 30
        } _: { dynamics in
            let client = dynamics.client
            let task = Task { try await client.whoAmI() }
            try await eventually("the request is on its way") { budget.figures.inFlight == 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(budget.figures.inFlight == 0)
        }
    }
}

/// Admits everything and remembers who answered.
final class RecordingBudget: RequestBudget {
    private let seen = Mutex<Set<String>>([])
    var servers: Set<String> { seen.withLock { $0 } }

    func admit(lane: BudgetLane, cost: RequestCost) async throws -> Admission { Admission(id: 0, lane: lane, cost: cost) }
    func report(_ report: RequestReport) {
        if let server = report.server { seen.withLock { _ = $0.insert(server) } }
    }
    var figures: BudgetFigures { BudgetFigures() }
}
