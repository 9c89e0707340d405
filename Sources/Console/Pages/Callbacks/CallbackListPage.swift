import Foundation
import HTTPTypes
import Model
import Operations
import PhoneNumbers
import Postgres

/// Search for callback requests by number, id, person, day and state.
enum CallbackListPage {
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
    private static let states = ["pending", "written", "ignored", "skipped", "dead"]

    static func page(_ request: ConsoleRequest) async throws -> Page {
        // The same fields as a search for calls.
        var filter = CallFilter(request.query)
        if let id = filter.id { return try await found(id, request) }
        let choice = try await TenantChoice(request)
        filter.numbers = NumberReader(region: choice.tenant.region)
        let store = CallbackListStore(database: request.database)
        let (state, key) = (request.query.choice("state", of: states), PageKey(request.query["after"]))
        // A number that can be read is found over all days, unless one is named.
        if filter.isOverAllDays, let number = filter.number {
            let rows = try await store.list(
                tenant: choice.tenant.id, number: number, filter, state: state, after: key, limit: rowsPerPage + 1)
            return page(rows, nil, filter, state, choice, request)
        }
        let days = try await days(store, choice, filter)
        let rows =
            if let day = days.day {
                try await store.list(tenant: choice.tenant.id, day: day, filter, state: state, after: key, limit: rowsPerPage + 1)
            } else { [CallbackListStore.Row]() }
        return page(rows, days, filter, state, choice, request)
    }

    private static func days(_ store: CallbackListStore, _ choice: TenantChoice, _ filter: CallFilter) async throws
        -> CallListStore.Days
    {
        do {
            return try await store.days(tenant: choice.tenant.id, around: filter.day)
        } catch let error as PostgresError where error.code == "22008" {
            throw ConsoleError.badRequest("There is no day \(filter.day ?? "").")
        }
    }

    private static func page(
        _ rows: [CallbackListStore.Row], _ days: CallListStore.Days?, _ filter: CallFilter, _ state: String?,
        _ choice: TenantChoice, _ request: ConsoleRequest
    ) -> Page {
        Page(
            "Callbacks", in: .callbacks, template: "callbacks/list",
            model: Model(
                choices: choice.choices + [Choices("state", "State", states, chosen: state, any: "any")], subject: filter.subject,
                person: filter.person ?? "", day: filter.day ?? "",
                hint: days.map { $0.day.map { "Of \($0) (UTC)." } ?? "The hub has seen no callback request yet." }
                    ?? "Of all days, by the caller's number.",
                table: table(rows.prefix(rowsPerPage), choice, request),
                pager: CallFilter.pager(request.query, at: "/callbacks", next: rows.endOfPage(rowsPerPage)?.key, days)))
    }

    private static func table(_ rows: ArraySlice<CallbackListStore.Row>, _ choice: TenantChoice, _ request: ConsoleRequest)
        -> DataTable
    {
        DataTable(
            "Callback requests, newest first",
            ["Requested", "State", "Number", "List", "Owner", "Due", "In Enreach", "Phone call", "Why"],
            rows.map { row in
                [
                    .head(PlainTime.seconds(row.requestedAt), choice.link("/callbacks/\(row.id.lowercase)")),
                    .tag(.callback(row.state)),
                    .text(row.number), .text(row.list), .text(row.owner), .time(request.mark(row.dueAt)), .text(row.enreachState),
                    .text(row.recordState),
                    .wide(row.reason.map { CallbackReason(rawValue: $0)?.sentence ?? $0 }),
                ]
            }, empty: "No callback request fits.")
    }

    /// The id of a request, of its phone call, or of the call that led to it.
    private static func found(_ id: UUID, _ request: ConsoleRequest) async throws -> Page {
        guard let callback = try await CallbackRowStore(database: request.database).rows(id: id, tenant: nil).first else {
            throw ConsoleError(
                status: .notFound, title: "No such callback request", text: "The hub knows no callback request with this id.")
        }
        throw GoTo(path: Query().setting("tenant", callback.tenant).link("/callbacks/\(callback.id.lowercase)"))
    }
}

extension Tag {
    /// The state of a callback request.
    static func callback(_ state: String) -> Tag {
        switch state {
        case "written": Tag(state, .good)
        case "pending": Tag(state, .info)
        case "dead": Tag(state, .bad)
        default: Tag(state)
        }
    }
}
