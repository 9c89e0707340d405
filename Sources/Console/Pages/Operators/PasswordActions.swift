import Operations
import Postgres

/// What gives an operator a password. It is typed where the action is confirmed, and stands in no address and on no page.
enum PasswordActions {
    static let add = Action("/operators/add", name: "operators.add", in: .operators, needs: .administrator) { request in
        guard let name = request.query["name"], OperatorAccountStore.isName(name),
            let role = request.query["role"].flatMap(OperatorRole.init)
        else { throw ConsoleError.badRequest("Give a name of 1 to 200 characters, and a role.") }
        let store = OperatorAccountStore(database: request.database)
        if let taken = try await store.all().first(where: { $0.name.lowercased() == name.lowercased() }) {
            throw OperatorError.failed("There is an operator \(taken.name) already.")
        }
        let (acting, who) = (request.acting, request.who.name)
        return plan(
            "Add \(name) as \(role.rawValue)", name, "First password",
            [
                "\(name) can sign in with the password below from then on, as \(role.rawValue): \(role.inWords).",
                "Tell it them on a way of your own; they can change it on their account's page.",
            ], [name, role.rawValue, "new"], request
        ) { hash, reason in
            let account = try await OperatorAccountStore(database: acting).add(
                name: name, role: role, password: hash, who: who, reason: reason)
            return ActionOutcome("\(account.name) is \(role.rawValue) and can sign in.")
        }
    }

    static let password = Action("/operators/password", name: "operators.password", in: .operators, needs: .administrator) {
        request in
        guard let name = request.query["name"] else { throw ConsoleError.badRequest("No operator was named.") }
        let account = try await OperatorAccountStore(database: request.database).named(name)
        guard account.isLocal else {
            throw OperatorError.failed("\(account.name) signs in through the identity provider and has no password here.")
        }
        let (acting, who) = (request.acting, request.who.name)
        var plan = plan(
            "Give \(account.name) another password", account.name, "New password",
            [
                "\(account.name) is signed out everywhere, and signs in with the password below from then on. A lock ends.",
                "Tell it them on a way of your own; they can change it on their account's page.",
            ], [account.name, account.role.rawValue, account.isEnabled ? "enabled" : "disabled"], request
        ) { hash, reason in
            try await OperatorAccountStore(database: acting).set(password: hash, of: account.name, who: who, reason: reason)
            return ActionOutcome("\(account.name) has the new password, and is signed out everywhere.")
        }
        plan.isHarmful = true
        return plan
    }

    private static func plan(
        _ title: String, _ name: String, _ label: String, _ explanation: [String], _ row: [String], _ request: ConsoleRequest,
        perform: @escaping @Sendable (PasswordHash, String) async throws -> ActionOutcome
    ) -> ActionPlan {
        let typed = request.query.raw("password") ?? ""
        let check = request.services.passwords.check
        var plan = ActionPlan(
            title, button: title, explanation: explanation, count: Count(1), counted: "operator",
            sample: SampleTable(columns: ["Operator", "Role", "State"], rows: [row]), back: "/operators"
        ) { reason in
            try await perform(try await check.hash(typed), reason)
        }
        plan.fields = [
            ActionField(
                "password", label, value: "", hint: "At least \(PasswordRule.shortest) characters, five of them different.",
                isSecret: true)
        ]
        plan.objection = PasswordRule.objection(to: typed, name: name).map { "\($0.capitalizedFirst)." }
        return plan
    }
}
