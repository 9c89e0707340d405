import Operations
import Postgres

/// What carries a password, and so is not shown again before it is done.
enum OperatorForms {
    static func add(_ request: ConsoleRequest) async throws -> Answer {
        guard request.services.actions.admits(request.who.operatorID) else { throw ConsoleError.tooMany }
        guard let name = request.query["name"], let role = request.query["role"].flatMap(OperatorRole.init) else {
            return .page(try await OperatorsPage.page(request, problem: "Nothing was done: give a name and a role."))
        }
        return try await withPassword(request, name) { hash in
            let account = try await OperatorAccountStore(database: request.acting).add(
                name: name, role: role, password: hash, who: request.who.name)
            return "\(account.name) is \(role.rawValue) and can sign in."
        }
    }

    static func password(_ request: ConsoleRequest) async throws -> Answer {
        guard request.services.actions.admits(request.who.operatorID) else { throw ConsoleError.tooMany }
        guard let name = request.query["name"] else { throw ConsoleError.badRequest("No operator was named.") }
        return try await withPassword(request, name) { hash in
            try await OperatorAccountStore(database: request.acting).set(password: hash, of: name, who: request.who.name)
            return "\(name) has the new password, and is signed out everywhere."
        }
    }

    private static func withPassword(
        _ request: ConsoleRequest, _ name: String, _ body: (PasswordHash) async throws -> String
    ) async throws -> Answer {
        let password = request.query.raw("password") ?? ""
        if let objection = PasswordRule.objection(to: password, name: name) {
            return .page(try await OperatorsPage.page(request, problem: "Nothing was done: \(objection)."))
        }
        do {
            return .goTo("/operators", notice: try await body(try await request.services.passwords.check.hash(password)))
        } catch let error as OperatorError {
            return .page(try await OperatorsPage.page(request, problem: "Nothing was done: \(error)."))
        }
    }
}
