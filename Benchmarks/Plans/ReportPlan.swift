import Postgres
public import Reports

/// How the server goes about a report: the plan of its statement, and those of the statements inside functions that it calls.
public struct ReportPlan: Sendable {
    public let report: Report
    /// As `EXPLAIN (COSTS OFF)` shows them, what was a moment left out; the report's own statement last.
    public let plans: [String]
    public let shape: PlanShape

    /// Runs the report as `trunkline_report`, with its default for how far it looks back.
    ///
    /// - Parameter url: of the superuser, who alone may have plans told.
    public static func of(_ report: Report, url: String) async throws -> ReportPlan {
        let listener = PlanListener()
        let database = listener.database(url, role: "trunkline_report")
        do {
            // What the session's first statements look up is not the report's.
            _ = try await ReportContract.version(of: database)
            _ = listener.plans()
            _ = try await report.run(on: database)
            await database.close()
            return ReportPlan(report, listener.plans())
        } catch {
            await database.close()
            throw error
        }
    }

    init(_ report: Report, _ plans: [String]) {
        self.report = report
        self.plans = plans.map(Self.withoutMoments)
        shape = PlanShape(plans.flatMap { PlanShape(text: $0).reads })
    }

    private static func withoutMoments(_ plan: String) -> String {
        plan.replacing(/'[0-9]{4}-[0-9]{2}-[0-9]{2}[^']*'/, with: "'…'").replacing(/_[0-9]{4}_?[0-9]{2}_?[0-9]{2}/, with: "_…")
    }
}
