import Foundation
import Operations
import Postgres

/// Who did what by hand.
enum AuditFeature: ConsoleFeature {
    static let pages = [PageRoute("/audit") { try await AuditPage.page($0) }]
}

/// The list of what was done, the newest first.
enum AuditPage {
    struct Row: Sendable {
        let at: TimeMark
        let who: String
        let whoLink: String
        let action: String
        let target: String?
        let tenant: String
        let detail: String?
    }

    struct Model: Sendable {
        let choices: [Choices]
        let who: String
        let day: String
        let rows: [Row]
        let hasRows: Bool
        let emptyWords: String
        let pager: Pager
    }

    private static let rowsPerPage = 50
    /// Of the address, what the list goes by.
    private static let fields = ["who", "action", "tenant", "day"]

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let query = request.query
        let store = AuditStore(database: request.database)
        let day = query["day"].flatMap(DayText.date)
        let before = query.integer("before", as: Int64.self)
        async let kinds = store.kinds()
        async let tenants = TenantStore(database: request.database).names()
        let entries = try await store.list(
            .init(
                who: query["who"], action: query["action"], tenant: query["tenant"], until: day?.addingTimeInterval(86_400),
                before: before,
                limit: rowsPerPage + 1))
        let own = query.keeping(fields)
        let shown = entries.prefix(rowsPerPage)
        return Page(
            "Audit", in: .audit, template: "audit/list",
            model: Model(
                choices: [
                    Choices("action", "Action", try await kinds, chosen: query["action"], any: "any"),
                    Choices("tenant", "Tenant", try await tenants.values.sorted(), chosen: query["tenant"], any: "any"),
                ], who: query["who"] ?? "", day: query["day"] ?? "", rows: shown.map { row($0, request) },
                hasRows: !shown.isEmpty,
                emptyWords: own.pairs.isEmpty && before == nil
                    ? "Nobody has done anything by hand yet." : "Nothing that fits was done by hand.",
                pager: pager(query.keeping(fields + ["before"]), next: entries.endOfPage(rowsPerPage)?.id)))
    }

    private static func pager(_ list: Query, next: Int64?) -> Pager {
        var pager = Pager(of: list, at: "/audit", by: "before", next: next.map { "\($0)" })
        (pager.firstWords, pager.nextWords) = ("Newest", "Earlier")
        return pager
    }

    private static func row(_ entry: AuditStore.Entry, _ request: ConsoleRequest) -> Row {
        Row(
            at: request.mark(entry.at), who: entry.who, whoLink: Query().setting("who", entry.who).link("/audit"),
            action: entry.action,
            target: entry.target, tenant: entry.tenant ?? "–",
            detail: entry.detail.flatMap(StoryDetail.words).map { String($0.prefix(400)) })
    }
}
