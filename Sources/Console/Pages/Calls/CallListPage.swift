import Foundation
import HTTPTypes
import Model
import Operations
import PhoneNumbers
import Postgres

/// Search for calls by number, id, person, day and state.
enum CallListPage {
    struct Model: Sendable {
        let choices: [Choices]
        let subject: String
        let person: String
        let day: String
        let hint: String
        let table: DataTable
        let pager: Pager
    }

    private static let rowsPerPage = 50

    static func page(_ request: ConsoleRequest) async throws -> Page {
        var filter = CallFilter(request.query)
        if let id = filter.id { return try await found(id, request) }
        let choice = try await TenantChoice(request)
        filter.numbers = NumberReader(region: choice.tenant.region)
        let store = CallListStore(database: request.database)
        let key = PageKey(request.query["after"])
        let (slice, days): (CallListStore.Slice, CallListStore.Days?)
        if filter.isOverAllDays, let number = filter.number {
            slice = try await store.list(tenant: choice.tenant.id, number: number, filter, after: key, limit: rowsPerPage + 1)
            days = nil
        } else {
            let around = try await self.days(store, choice, filter)
            days = around
            slice =
                if let day = around.day {
                    try await store.list(tenant: choice.tenant.id, day: day, filter, after: key, limit: rowsPerPage + 1)
                } else { CallListStore.Slice(rows: [], end: nil) }
        }
        return page(slice, days, filter, choice, request)
    }

    private static func days(_ store: CallListStore, _ choice: TenantChoice, _ filter: CallFilter) async throws
        -> CallListStore.Days
    {
        do {
            return try await store.days(tenant: choice.tenant.id, around: filter.day)
        } catch let error as PostgresError where error.code == "22008" {
            throw ConsoleError.badRequest("There is no day \(filter.day ?? "").")
        }
    }

    private static func page(
        _ slice: CallListStore.Slice, _ days: CallListStore.Days?, _ filter: CallFilter, _ choice: TenantChoice,
        _ request: ConsoleRequest
    ) -> Page {
        let shown = slice.rows.prefix(rowsPerPage)
        let isMore = slice.rows.count > rowsPerPage
        let end = isMore ? shown.last?.key : slice.end
        // The list goes on behind calls that were looked at and did not fit.
        let isCutShort = !isMore && end != nil
        var pager = CallFilter.pager(request.query, at: "/calls", next: end, days)
        if isCutShort { pager.nextWords = Pager.furtherBack }
        return Page(
            "Calls", in: .calls, template: "calls/list",
            model: Model(
                choices: choice.choices + [
                    Choices("state", "State", CallState.allCases.map(\.rawValue), chosen: filter.state, any: "any")
                ],
                subject: filter.subject, person: filter.person ?? "", day: filter.day ?? "",
                hint: hint(days), table: table(shown, days, isCutShort: isCutShort, choice, request), pager: pager))
    }

    private static func hint(_ days: CallListStore.Days?) -> String {
        guard let days else {
            return "Of all days, by the other party's number. With a day, the organisation's own numbers are looked at, too."
        }
        return days.day.map { "Of \($0) (UTC)." } ?? "The hub has seen no call yet."
    }

    private static func table(
        _ rows: ArraySlice<CallListStore.Row>, _ days: CallListStore.Days?, isCutShort: Bool, _ choice: TenantChoice,
        _ request: ConsoleRequest
    ) -> DataTable {
        DataTable(
            "Calls, newest first", ["Started", "State", "From", "To", "Direction", "#Talk", "User", "Queue", "Why"],
            rows.map { row in
                [
                    .head(PlainTime.seconds(row.startedAt), choice.link("/calls/\(row.id.lowercase)")), .tag(.call(row.state)),
                    .text(row.from), .text(row.to), .text(row.isInternal ? "internal" : row.direction),
                    .number(PlainTime.span(Double(row.talkSeconds))), .text(row.user), .text(row.queue), .wide(why(row.reason)),
                ]
            },
            empty: isCutShort
                ? "None among the newest that were looked at; there may be some further back."
                : days == nil
                    ? "No call of this number: the hub never saw one, or has forgotten it by CallRetention. Numbers of private calls are not kept."
                    : "No call fits on this day.")
    }

    private static func why(_ reason: String?) -> String? {
        reason.map { SkipReason(rawValue: $0)?.sentence ?? StateReason(rawValue: $0)?.sentence ?? $0 }
    }

    /// An id leads to the one call that it names.
    private static func found(_ id: UUID, _ request: ConsoleRequest) async throws -> Page {
        let calls = try await CallStoryStore(database: request.database).calls(id: id, tenant: nil)
        guard let call = calls.first else {
            throw ConsoleError(
                status: .notFound, title: "No such call",
                text: "The hub knows no call with this id: it never saw one, or has forgotten it by CallRetention.")
        }
        throw GoTo(path: Query().setting("tenant", call.tenant).link("/calls/\(call.callID.lowercase)"))
    }
}

extension Tag {
    /// The state of a call.
    static func call(_ state: String) -> Tag {
        switch CallState(rawValue: state) {
        case .written, .adopted: Tag(state, .good)
        case .pending: Tag(state, .info)
        case .dead: Tag(state, .bad)
        case .withdrawn: Tag(state, .warn)
        case .skipped, nil: Tag(state)
        }
    }
}
