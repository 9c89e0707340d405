import HTTPTypes
import Operations
import Postgres

/// The operators, and what an administrator does with them.
enum OperatorsPage {
    struct Row: Sendable {
        let name: String
        let role: Tag
        let way: String
        let state: Tag
        let wrong: Int32
        let signedIn: TimeMark?
        let created: TimeMark
        let createdBy: String
        let audit: String
        /// What can be done with them.
        let links: [Link]
        let isLocal: Bool
    }

    struct Model: Sendable {
        let rows: [Row]
        let locals: [String]
        let roles: Choices
        let names: Choices
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let accounts = try await OperatorAccountStore(database: request.database).all()
        let locals = accounts.filter(\.isLocal).map(\.name)
        return Page(
            "Operators", in: .operators, template: "operators/page",
            model: Model(
                rows: accounts.map { row($0, request) }, locals: locals,
                roles: Choices("role", "Role", OperatorRole.allCases.map(\.rawValue), chosen: "viewer", any: nil),
                names: Choices("name", "Operator", locals, chosen: nil, any: nil, id: "password-name")))
    }

    private static func row(_ account: OperatorAccount, _ request: ConsoleRequest) -> Row {
        let query = Query().setting("name", account.name)
        let roles = account.isLocal ? OperatorRole.allCases.filter { $0 != account.role } : []
        let isLocked = account.lockedUntil.map { $0 > request.now } ?? false
        return Row(
            name: account.name, role: Tag(account.role.rawValue, account.role == .administrator ? .info : .plain),
            way: account.issuer ?? "password",
            state: account.isEnabled ? isLocked ? Tag("has to wait", .warn) : Tag("enabled", .good) : Tag("disabled", .bad),
            wrong: account.failures, signedIn: request.mark(account.signedInAt), created: request.mark(account.createdAt),
            createdBy: account.createdBy, audit: Query().setting("who", account.name).link("/audit"),
            links: roles.map { Link("Make \($0.rawValue)", query.setting("role", $0.rawValue).link("/operators/role")) }
                + [
                    account.isEnabled
                        ? Link("Disable", query.link("/operators/disable")) : Link("Enable", query.link("/operators/enable"))
                ],
            isLocal: account.isLocal)
    }
}
