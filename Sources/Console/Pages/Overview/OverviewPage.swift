import Foundation
import Operations
import Postgres

/// Today, the last hours and the last days.
enum OverviewPage {
    struct Model: Sendable {
        let now: OverviewNow
        let liveName: String
        let tenants: Choices
        let hasTenants: Bool
        let daysSVG: Markup
        let latencySVG: Markup
        let backlogSVG: Markup
        let heatSVG: Markup
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let tenant = request.query["tenant"]
        let store = BalanceStore(database: request.database)
        let midnight = DayText.date(DayText.text(request.now)) ?? request.now
        async let now = OverviewNow.read(request.database, tenant: tenant, now: request.now)
        async let days = store.days(14, tenant: tenant)
        async let latency = store.latency(hours: 24, tenant: tenant)
        let flow = JobFlowStore(database: request.database)
        async let minutes = flow.minutes(since: midnight)
        async let backlog = flow.backlog(since: request.now.addingTimeInterval(-86_400))
        let names = try await TenantStore(database: request.database).names().values.sorted()
        return Page(
            "Overview", in: .overview, template: "overview/page",
            model: Model(
                now: try await now, liveName: Query().setting("tenant", tenant).link("overview.now"),
                tenants: Choices("tenant", "Tenant", names, chosen: tenant, any: "all"), hasTenants: names.count > 1,
                daysSVG: OverviewCharts.days(try await days), latencySVG: OverviewCharts.latency(try await latency),
                backlogSVG: OverviewCharts.backlog(try await backlog),
                heatSVG: OverviewCharts.heat(try await minutes, since: midnight)))
    }
}
