import Operations
import Postgres

/// Roles given and taken.
enum OperatorActions {
    static let role = Action("/operators/role", name: "operators.role", in: .operators, needs: .administrator) { request in
        guard let role = request.query["role"].flatMap(OperatorRole.init) else {
            throw ConsoleError.badRequest("There is no such role.")
        }
        let account = try await account(request)
        let (acting, who) = (request.acting, request.who.name)
        return plan(
            "Make \(account.name) \(role.rawValue)", account,
            "\(account.name) is \(account.role.rawValue) and will be \(role.rawValue): \(role.inWords). It counts from the next request on.",
            request
        ) { reason in
            try await OperatorAccountStore(database: acting).set(role: role, of: account.name, who: who, reason: reason)
            return ActionOutcome("\(account.name) is \(role.rawValue).")
        }
    }

    static let disable = Action("/operators/disable", name: "operators.disable", in: .operators, needs: .administrator) {
        request in
        let account = try await account(request)
        let (acting, who) = (request.acting, request.who.name)
        var plan = plan(
            "Disable \(account.name)", account,
            "\(account.name) is signed out everywhere and can't sign in until somebody enables them.", request
        ) { reason in
            try await OperatorAccountStore(database: acting).set(disabled: true, of: account.name, who: who, reason: reason)
            return ActionOutcome("\(account.name) is disabled.")
        }
        plan.isHarmful = true
        return plan
    }

    static let enable = Action("/operators/enable", name: "operators.enable", in: .operators, needs: .administrator) { request in
        let account = try await account(request)
        let (acting, who) = (request.acting, request.who.name)
        return plan("Enable \(account.name)", account, "\(account.name) can sign in again.", request) { reason in
            try await OperatorAccountStore(database: acting).set(disabled: false, of: account.name, who: who, reason: reason)
            return ActionOutcome("\(account.name) is enabled.")
        }
    }

    private static func account(_ request: ConsoleRequest) async throws -> OperatorAccount {
        guard let name = request.query["name"] else { throw ConsoleError.badRequest("No operator was named.") }
        return try await OperatorAccountStore(database: request.database).named(name)
    }

    private static func plan(
        _ title: String, _ account: OperatorAccount, _ explanation: String, _ request: ConsoleRequest,
        perform: @escaping @Sendable (String) async throws -> ActionOutcome
    ) -> ActionPlan {
        ActionPlan(
            title, button: title, explanation: [explanation], count: Count(1), counted: "operator",
            sample: SampleTable(
                columns: ["Operator", "Role", "State"],
                rows: [[account.name, account.role.rawValue, account.isEnabled ? "enabled" : "disabled"]]), back: "/operators",
            perform: perform)
    }
}
