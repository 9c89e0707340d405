import Foundation
import Model
import Operations

/// Users of Dynamics with the Enreach users they are, and Enreach users whom nobody is; each with the reason.
enum PeoplePage {
    struct Model: Sendable {
        let choices: [Choices]
        let text: String
        let matched: String
        let unmatched: String
        let strangers: String
        let hasStrangers: Bool
        let people: DataTable
        let peoplePager: Pager
        let foreign: DataTable
        let foreignPager: Pager
    }

    private static let rowsPerPage = 100
    /// Where the page of the one list begins, and that of the other.
    private static let (afterUser, afterStranger) = ("after", "stranger")

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        let query = request.query
        let store = PeopleListStore(database: request.database)
        let text = query["q"]
        let state = query.choice("state", of: ["matched", "unmatched"])
        async let counting = store.counts(tenant: choice.tenant.id)
        async let users = store.users(
            tenant: choice.tenant.id, text: text, isMatched: state.map { $0 == "matched" },
            after: PersonKey(query.raw(afterUser)), limit: rowsPerPage + 1)
        async let strangers = store.strangers(
            tenant: choice.tenant.id, text: text, after: PersonKey(query.raw(afterStranger)), limit: rowsPerPage + 1)
        let (counts, people, foreign) = (try await counting, try await users, try await strangers)
        let lastUser = people.endOfPage(rowsPerPage).map { PersonKey(isMatched: $0.state == "matched", id: $0.id, name: $0.name) }
        let lastStranger = foreign.endOfPage(rowsPerPage).map { PersonKey(isMatched: false, id: $0.id, name: $0.name) }
        return Page(
            "People", in: .people, template: "people/list",
            model: Model(
                choices: choice.choices + [
                    Choices("state", "State", [("matched", "matched"), ("unmatched", "not matched")], chosen: state, any: "any")
                ], text: text ?? "", matched: Count.grouped(counts.matched), unmatched: Count.grouped(counts.unmatched),
                strangers: Count.grouped(counts.strangers), hasStrangers: counts.strangers > 0,
                people: table(people.prefix(rowsPerPage), choice, request),
                peoplePager: pager("Users of Dynamics", afterUser, lastUser, "people-head", request),
                foreign: self.foreign(foreign.prefix(rowsPerPage)),
                foreignPager: pager("Only in Enreach", afterStranger, lastStranger, "foreign-head", request)))
    }

    private static func pager(_ label: String, _ name: String, _ next: PersonKey?, _ anchor: String, _ request: ConsoleRequest)
        -> Pager
    {
        Pager(
            label, of: request.query.keeping(["tenant", "q", "state", afterUser, afterStranger]), at: "/people", by: name,
            next: next?.text, anchor: anchor)
    }

    private static func table(_ users: ArraySlice<UserRow>, _ choice: TenantChoice, _ request: ConsoleRequest) -> DataTable {
        DataTable(
            "Users of Dynamics, those without a match first",
            ["Name", "E-mail", "State", "Enreach user", "Mobile", "Why"],
            users.map { user in
                let href = DynamicsLink.record("systemuser", user.id, of: choice.tenant)
                return [
                    .head(user.name, href), .wide(user.enreachEmail ?? user.email), .tag(tag(user.state)),
                    .text(user.enreachName ?? user.enreachID?.lowercase), .text(user.mobile), .wide(UserWords.reason(user)),
                ]
            }, empty: "No user of Dynamics fits: user-sync has not read them yet, or the filter leaves none.")
    }

    private static func foreign(_ users: ArraySlice<EnreachRow>) -> DataTable {
        DataTable(
            "Users of Enreach whom nobody in Dynamics is", ["Name", "E-mail", "State", "Why"],
            users.map { user in
                [.head(user.name), .wide(user.email), .tag(tag(user.state)), .wide(UserWords.reason(user.reason))]
            }, empty: "Everybody in Enreach is somebody in Dynamics, or the filter leaves none.")
    }

    private static func tag(_ state: String?) -> Tag {
        switch state {
        case "matched": Tag("matched", .good)
        case nil: Tag("not looked at")
        case let other?: Tag(other.replacing("_", with: " "), .warn)
        }
    }
}
