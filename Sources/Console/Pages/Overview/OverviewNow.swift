import Foundation
import Jobs
import Operations
import Postgres

/// How things stand at this moment: the live part of the overview.
struct OverviewNow: Sendable {
    struct Figure: Sendable {
        let name: String
        let value: String
        let more: String?
        let look: String
    }

    struct Group: Sendable {
        let error: String
        let code: String?
        let kind: String
        let tenant: String
        let jobs: String
        let last: TimeMark
        let href: String
    }

    struct Budget: Sendable {
        let tenant: String
        let state: Tag
        let inFlight: String
        let waiting: String
        let share: String
        /// Of 100, for the meter.
        let percent: Int
    }

    struct Forecast: Sendable {
        let what: String
        let jobs: String
        let words: String
    }

    struct Program: Sendable {
        let name: String
        let state: Tag
        let words: String
    }

    let figures: [Figure]
    let groups: [Group]
    let hasGroups: Bool
    let budgets: [Budget]
    let hasBudgets: Bool
    let forecasts: [Forecast]
    let hasForecasts: Bool
    let programs: [Program]
    let hasPrograms: Bool
    let svg: Markup

    static func read(_ database: Database, tenant: String?, now: Date) async throws -> OverviewNow {
        let since = now.addingTimeInterval(-7200)
        let balance = BalanceStore(database: database)
        let flow = JobFlowStore(database: database)
        let budget = BudgetStore(database: database)
        async let days = balance.days(1, tenant: tenant)
        async let minutes = flow.minutes(since: since)
        async let counts = JobAdmin(database: database).counts()
        async let groups = flow.errorGroups(limit: 6)
        async let budgets = budget.budgets(tenant: tenant, limit: 10)
        async let backlog = budget.backlog()
        async let backfills = BackfillStore(database: database).list(tenant: nil, limit: 5)
        async let instances = InstanceStore(database: database).recent(.seconds(86_400), limit: 200)
        let jobs = try await counts.filter { $0.jobs > 0 }
        return OverviewNow(
            figures: OverviewFigures.figures(try await days.last, jobs, now: now),
            groups: try await groups.map { group($0, now: now) }, hasGroups: try await !groups.isEmpty,
            budgets: try await budgets.map(OverviewFigures.budget), hasBudgets: try await !budgets.isEmpty,
            forecasts: OverviewFigures.forecasts(try await backlog, try await backfills, now: now),
            hasForecasts: !OverviewFigures.forecasts(try await backlog, try await backfills, now: now).isEmpty,
            programs: OverviewFigures.programs(try await instances), hasPrograms: try await !instances.isEmpty,
            svg: OverviewCharts.flow(try await minutes))
    }

    private static func group(_ group: JobFlowStore.ErrorGroup, now: Date) -> Group {
        let query = Query().setting("state", "dead").setting("kind", group.kind).setting("code", group.code)
            .setting("tenant", group.tenant.isEmpty ? ConsoleJobFilter.hubItself : group.tenant).setting("error", group.mark)
        return Group(
            error: group.error.isEmpty ? "no text" : String(group.error.prefix(240)), code: group.code, kind: group.kind,
            tenant: group.tenant.isEmpty ? "the hub itself" : group.tenant, jobs: Count.grouped(group.jobs),
            last: TimeMark(group.lastAt, now: now),
            href: query.link("/jobs") + "#list")
    }
}
