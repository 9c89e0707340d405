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
        let foreign: DataTable
    }

    /// Most of a list; the others are found by a name.
    private static let most = 500

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let choice = try await TenantChoice(request)
        let store = UserStore(database: request.database)
        async let reading = store.users(tenant: choice.tenant.id)
        async let strangers = store.strangers(tenant: choice.tenant.id)
        let (users, foreign) = (try await reading, try await strangers)
        let text = request.query["q"] ?? ""
        let state = request.query.choice("state", of: ["matched", "unmatched"])
        let fitting = users.filter { user in
            fits(text, [user.name, user.enreachName] + user.addresses)
                && (state == nil || (state == "matched") == (user.state == "matched"))
        }
        let matched = users.count { $0.state == "matched" }
        return Page(
            "People", in: .people, template: "people/list",
            model: Model(
                choices: choice.choices + [
                    Choices("state", "State", [("matched", "matched"), ("unmatched", "not matched")], chosen: state, any: "any")
                ], text: text, matched: Count.grouped(matched), unmatched: Count.grouped(users.count - matched),
                strangers: Count.grouped(foreign.count), hasStrangers: !foreign.isEmpty, people: table(fitting, choice, request),
                foreign: self.foreign(foreign.filter { fits(text, [$0.name] + $0.addresses) })))
    }

    private static func fits(_ text: String, _ names: [String?]) -> Bool {
        text.isEmpty || names.contains { $0?.localizedCaseInsensitiveContains(text) == true }
    }

    private static func table(_ users: [UserRow], _ choice: TenantChoice, _ request: ConsoleRequest) -> DataTable {
        DataTable(
            caption("Users of Dynamics, those without a match first", users.count),
            ["Name", "E-mail", "State", "Enreach user", "Mobile", "Why"],
            users.prefix(most).map { user in
                let href = DynamicsLink.record("systemuser", user.id, tenant: choice.tenant.name, request.services.settings)
                return [
                    .head(user.name, href), .wide(user.enreachEmail ?? user.email), .tag(tag(user.state)),
                    .text(user.enreachName ?? user.enreachID?.lowercase), .text(user.mobile), .wide(UserWords.reason(user)),
                ]
            }, empty: "No user of Dynamics fits: user-sync has not read them yet, or the filter leaves none.")
    }

    private static func foreign(_ users: [EnreachRow]) -> DataTable {
        DataTable(
            caption("Users of Enreach whom nobody in Dynamics is", users.count), ["Name", "E-mail", "State", "Why"],
            users.prefix(most).map { user in
                [.head(user.name), .wide(user.email), .tag(tag(user.state)), .wide(UserWords.reason(user.reason))]
            }, empty: "Everybody in Enreach is somebody in Dynamics, or the filter leaves none.")
    }

    private static func caption(_ text: String, _ count: Int) -> String {
        count > most ? "\(text): the first \(most) of \(Count.grouped(count))" : text
    }

    private static func tag(_ state: String?) -> Tag {
        switch state {
        case "matched": Tag("matched", .good)
        case nil: Tag("not looked at")
        case let other?: Tag(other.replacing("_", with: " "), .warn)
        }
    }
}
