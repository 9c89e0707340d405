import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import Dynamics

/// The whole chain, client, budget, database and service, under the published limits on a clock that runs faster.
@Suite(.database, .serialized) struct SandboxAdmissionTests {
    /// Simulated seconds in a real one.
    static let speed = 30.0

    @Test(arguments: [1, 2]) func `instances together are hardly ever refused`(instances: Int)
        async throws
    {
        let database = try TestDatabase.current.connect()
        let rows = try await database.query(
            Statement("", "INSERT INTO hub.tenant (name) VALUES ($1) RETURNING tenant_id"), ["t" + UUID().uuidString.lowercased()]
        )
        let tenant: Int32 = try #require(rows.first).decode("tenant_id")
        let limits = BudgetLimits(windowSeconds: 300 / Self.speed, timeScale: Self.speed)
        let budgets = (0..<instances).map { _ in
            PostgresRequestBudget(database: database, tenant: tenant, limits: limits, logger: DynamicsUnderTest.quiet)
        }
        try await withDynamics { configuration in
            configuration.speed = Self.speed
            // Few operations of a long time each: the machine is to be idle, only the limits busy.
            configuration.dataverse.latency.create = 3
            configuration.dataverse.latency.update = 0.5
            configuration.dataverse.latency.network = 0.02
        } _: { dynamics in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for budget in budgets {
                    group.addTask { try await budget.run() }
                    let client = DynamicsClient(
                        configuration: dynamics.configuration, budget: budget, http: dynamics.http,
                        logger: DynamicsUnderTest.quiet)
                    for _ in 0..<24 / instances {
                        group.addTask {
                            while !Task.isCancelled {
                                // Twice create and complete, 7 seconds of the service's time.
                                _ = try await client.batch((0..<2).map { _ in TestCall().operation }, lane: .live)
                            }
                        }
                    }
                }
                // A window and a half: full once, refused if it were sent more.
                let end = ContinuousClock.now + .seconds(1.5 * limits.windowSeconds)
                try await eventually(within: .seconds(60), "a window and a half has gone by") { ContinuousClock.now > end }
                let figures = dynamics.sandbox.dataverse.limitFigures()
                // How much is used is the benchmark's business: here other tests use the machine as well.
                #expect(figures.usedSeconds > 600)
                #expect(figures.throttledRatio < 0.01, "\(figures)")
                for budget in budgets { #expect(budget.figures.admitted[.live] ?? 0 > 0) }
                group.cancelAll()
                while let result = await group.nextResult() {
                    if case .failure(let error) = result, !(error is CancellationError) { throw error }
                }
            }
        }
        await database.close()
    }
}
