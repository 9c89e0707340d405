import AsyncHTTPClient
import Dynamics
import Foundation
import Logging
import Postgres
import Sandbox
import Synchronization
import Tenants
import UserSync

/// A full load from the sandbox, with the delays and limits that are published.
///
/// A table's pages can only be asked for one after the other, so the service allows one request of a load at a time: what counts is how much of
/// the time one was under way.
struct LoadFigure {
    let run: DirectoryRun

    struct Outcome: Sendable {
        var seconds: Double
        var inService: Double
        var requests: Int
    }

    func measure(contacts: Int) async throws -> Outcome {
        let sandbox = try await SandboxServer.start(SandboxConfiguration())
        _ = try sandbox.dataverse.generate(GeneratedDirectory(contacts: contacts))
        var configuration = DynamicsConfiguration(
            url: sandbox.addresses.dataverse, directoryID: sandbox.configuration.dataverse.directory,
            clientID: DataverseApplication.demo.clientID, credentials: [.secret("demo-secret-one")])
        configuration.authority = sandbox.addresses.authority
        let budget = TimedBudget()
        let dynamics = DynamicsClient(configuration: configuration, budget: budget, http: .shared, logger: run.logger)
        let book = TenantBook(database: run.database, logger: run.logger)
        guard let tenant = try await book.situation(run.tenant) else { fatalError("there is no tenant") }
        // The sign-in and the first connection are not the load's.
        _ = try await dynamics.whoAmI()
        budget.reset()
        let reader = DirectoryReader(
            table: .contact, tenant: tenant, dynamics: dynamics, database: run.database, logger: run.logger,
            stretch: .seconds(3600))
        let clock = ContinuousClock()
        let start = clock.now
        _ = try await reader.work()
        let seconds = (clock.now - start) / .seconds(1)
        await sandbox.stop()
        let (time, requests) = budget.spent
        return Outcome(seconds: seconds, inService: time / .seconds(1), requests: requests)
    }
}

/// Admits everything, and adds up how long requests were under way.
final class TimedBudget: RequestBudget {
    private let total = Mutex((time: Duration.zero, requests: 0))
    private let unlimited = UnlimitedBudget()

    var spent: (Duration, Int) { total.withLock { ($0.time, $0.requests) } }
    func reset() { total.withLock { $0 = (.zero, 0) } }

    var figures: BudgetFigures { unlimited.figures }

    func admit(lane: BudgetLane, cost: RequestCost) async throws -> Admission {
        try await unlimited.admit(lane: lane, cost: cost)
    }

    func report(_ report: RequestReport) {
        total.withLock {
            $0.time += report.elapsed
            $0.requests += 1
        }
    }
}
