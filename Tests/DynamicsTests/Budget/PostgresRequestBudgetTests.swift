import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Dynamics

@Suite(.database) struct PostgresRequestBudgetTests {
    private func tenant(_ database: Database) async throws -> Int32 {
        let rows = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ($1) RETURNING tenant_id"), ["t" + UUID().uuidString.lowercased()]
        )
        return try #require(rows.first).decode("tenant_id")
    }

    /// Runs a body with so many budgets of one new tenant.
    private func withBudgets(
        _ count: Int, limits: BudgetLimits = .init(), role: String? = nil,
        _ body: @escaping @Sendable ([PostgresRequestBudget], Database, Int32) async throws -> Void
    ) async throws {
        let database = try TestDatabase.current.connect()
        let own = try TestDatabase.current.connect(as: role)
        let tenant = try await tenant(database)
        let budgets = (0..<count).map { _ in
            PostgresRequestBudget(database: own, tenant: tenant, limits: limits, logger: DynamicsUnderTest.quiet)
        }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for budget in budgets { group.addTask { try await budget.run() } }
                try await body(budgets, database, tenant)
                group.cancelAll()
            }
        } catch {
            await own.close()
            await database.close()
            throw error
        }
        await own.close()
        await database.close()
    }

    @Test func `every statement prepares`() async throws {
        let database = try TestDatabase.current.connect()
        for statement in BudgetStore.statements {
            try await database.withConnection { connection in
                try await connection.run(script: "PREPARE p AS \(statement.sql); DEALLOCATE p")
            }
        }
        await database.close()
    }

    @Test(arguments: ["trunkline_call_sync", "trunkline_user_sync", "trunkline_callback_sync"])
    func `a program's role can share the budget, and leaves nothing behind`(role: String) async throws {
        let used = Mutex<Int32>(0)
        try await withBudgets(1, role: role) { budgets, database, tenant in
            used.withLock { $0 = tenant }
            for lane in BudgetLane.allCases {
                let admission = try await budgets[0].admit(lane: lane, cost: RequestCost(executionSeconds: 1))
                budgets[0].report(
                    RequestReport(admission: admission, server: "a", elapsed: .seconds(1), remainingExecutionSeconds: 1000))
            }
            try await eventually("it is told") {
                try await database.query(
                    Statement("", "SELECT FROM hub.dataverse_spend WHERE tenant_id = $1"), [tenant]
                ).count > 0
            }
        }
        let database = try TestDatabase.current.connect()
        #expect(
            try await database.query(
                Statement("", "SELECT FROM hub.dataverse_lease WHERE tenant_id = $1"), [used.withLock { $0 }]
            ).isEmpty)
        await database.close()
    }

    @Test func `instances together keep to the width`() async throws {
        try await withBudgets(3) { budgets, _, _ in
            let cost = RequestCost(executionSeconds: 1)
            let running = Peak()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<90 {
                    group.addTask {
                        let admission = try await budgets[index % 3].admit(lane: .live, cost: cost)
                        running.enter()
                        try await Task.sleep(for: .milliseconds(10))
                        running.leave()
                        budgets[index % 3].report(RequestReport(admission: admission, server: "a", elapsed: .milliseconds(10)))
                    }
                }
                try await group.waitForAll()
            }
            // Eight at first; the width grows with the answers, with one server to sixteen.
            #expect(running.peak <= 16, "\(running.peak)")
            #expect(budgets.map { $0.figures.admitted[.live] ?? 0 } == [30, 30, 30])
        }
    }

    @Test func `a refusal stops all instances for its time`() async throws {
        try await withBudgets(2) { budgets, _, _ in
            let cost = RequestCost(executionSeconds: 1)
            let admission = try await budgets[0].admit(lane: .live, cost: cost)
            let start = ContinuousClock.now
            budgets[0].report(
                RequestReport(
                    admission: admission, server: "a", elapsed: .milliseconds(1),
                    throttle: .init(kind: .executionTime, retryAfter: .seconds(2))))
            try await eventually("the refusal is known") {
                budgets[0].figures.blockedSeconds > 0 || ContinuousClock.now - start > .seconds(2)
            }
            _ = try await budgets[1].admit(lane: .live, cost: cost)
            #expect(ContinuousClock.now - start >= .seconds(2))
            #expect(ContinuousClock.now - start < .seconds(60))
            #expect(budgets[0].figures.throttled == [.executionTime: 1])
        }
    }

    @Test func `live goes before backfill`() async throws {
        try await withBudgets(1) { budgets, _, _ in
            let budget = budgets[0]
            let cost = RequestCost(executionSeconds: 1)
            var held: [Admission] = []
            for _ in 0..<8 { held.append(try await budget.admit(lane: .live, cost: cost)) }
            let lanes: [BudgetLane] = [.live, .callback, .late, .backfill]
            try await withThrowingTaskGroup(of: Admission.self) { group in
                for lane in lanes.reversed() {
                    group.addTask { try await budget.admit(lane: lane, cost: cost) }
                    try await eventually("\(lane) waits") { budget.figures.waiting[lane] == 1 }
                }
                // Whenever one looks, those who wait are the less urgent ones. A backfill leaves a place to the others.
                for admission in held {
                    let before = lanes.filter { budget.figures.waiting[$0] == 1 }
                    budget.report(RequestReport(admission: admission, server: "a", elapsed: .milliseconds(1)))
                    try await eventually("somebody goes") {
                        let figures = budget.figures
                        let waiting = lanes.filter { figures.waiting[$0] == 1 }
                        #expect(waiting == Array(lanes.suffix(waiting.count)))
                        return waiting.count < before.count || before.isEmpty || before == [.backfill]
                    }
                }
                for try await admission in group {
                    budget.report(RequestReport(admission: admission, server: "a", elapsed: .milliseconds(1)))
                }
            }
        }
    }

    @Test func `who gives up waiting leaves the queue`() async throws {
        try await withBudgets(1) { budgets, _, _ in
            let cost = RequestCost(executionSeconds: 1)
            var held: [Admission] = []
            for _ in 0..<8 { held.append(try await budgets[0].admit(lane: .live, cost: cost)) }
            let waiter = Task { try await budgets[0].admit(lane: .live, cost: cost) }
            try await eventually("it waits") { budgets[0].figures.waiting[.live] == 1 }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
            #expect(budgets[0].figures.waiting[.live] == 0)
            for admission in held { budgets[0].report(RequestReport(admission: admission)) }
        }
    }

    @Test func `far from the limits most requests cost no round trip`() async throws {
        try await withBudgets(1) { budgets, _, _ in
            let cost = RequestCost(executionSeconds: 0.01)
            for _ in 0..<400 {
                let admission = try await budgets[0].admit(lane: .live, cost: cost)
                budgets[0].report(
                    RequestReport(
                        admission: admission, server: "a", elapsed: .milliseconds(10), remainingExecutionSeconds: 1200,
                        remainingRequests: 6000))
            }
            #expect(budgets[0].figures.exchanges < 200, "\(budgets[0].figures.exchanges)")
        }
    }
}

/// How many were inside at once at most.
final class Peak: Sendable {
    private let state = Mutex((now: 0, peak: 0))
    var peak: Int { state.withLock { $0.peak } }
    func enter() {
        state.withLock { state in
            state.now += 1
            state.peak = max(state.peak, state.now)
        }
    }
    func leave() { state.withLock { $0.now -= 1 } }
}
