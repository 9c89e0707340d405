import Foundation
import Operations
import Postgres

/// What routers decided about a tenant's calls, newest first: a page of it, of which the first is kept up to date.
struct RouteDecisions: Sendable {
    struct Decision: Sendable {
        /// Tells it from the others of the page.
        let mark: String
        let at: TimeMark
        let sentence: String
        let trace: [String]
    }

    let decisions: [Decision]
    let hasDecisions: Bool
    let pager: Pager

    private static let rowsPerPage = 50

    /// - Parameter after: where the page before ended; nil: the newest.
    static func read(_ database: Database, of tenant: Tenant, after: DecisionKey?, now: Date) async throws -> RouteDecisions {
        let rows = try await DecisionListStore(database: database).newest(tenant: tenant.id, after: after, limit: rowsPerPage + 1)
        return RouteDecisions(
            decisions: rows.prefix(rowsPerPage).map { decision($0, now: now) }, hasDecisions: !rows.isEmpty,
            pager: pager(Query().setting("tenant", tenant.name), after, next: rows.endOfPage(rowsPerPage)?.key))
    }

    private static func pager(_ list: Query, _ after: DecisionKey?, next: DecisionKey?) -> Pager {
        var pager = Pager(
            of: list.setting("after", after?.text), at: "/routing", by: "after", next: next?.text, anchor: "decisions")
        (pager.firstWords, pager.nextWords) = ("Newest", "Older")
        return pager
    }

    /// The newest of the tenant that a live part names; of none when there is none.
    static func live(_ question: LiveQuestion) async throws -> RouteDecisions {
        let tenants = try await TenantStore(database: question.database).all()
        guard let tenant = tenants.first(where: { $0.name == question.query["tenant"] }) else {
            return RouteDecisions(decisions: [], hasDecisions: false, pager: pager(Query(), nil, next: nil))
        }
        return try await read(question.database, of: tenant, after: nil, now: question.now)
    }

    private static func decision(_ row: DecisionListStore.Row, now: Date) -> Decision {
        let answer =
            switch row.outcome {
            case "route": "sent to \(row.target ?? "?")"
            case "disconnect": "ended"
            default: "left where it was"
            }
        let why = row.rule.map { "by rule \($0)" } ?? row.reason.replacing("_", with: " ")
        let version = row.ruleVersion.map { ", version \($0)" } ?? ""
        return Decision(
            mark: "decision-\(row.key.text)", at: TimeMark(row.at, now: now),
            sentence: "\(row.caller) to \(row.called): \(answer), \(why)\(version), in \(row.tookMicroseconds) µs",
            trace: row.trace)
    }
}
