import Foundation
import HTTPTypes
import Operations

/// One's own account.
enum AccountPage {
    struct Session: Sendable {
        let started: TimeMark
        let seen: TimeMark
        let address: String
        let browser: String
        let isThis: Bool
    }

    struct Model: Sendable {
        let name: String
        let role: String
        let mayDo: String
        let isLocal: Bool
        let ends: TimeMark
        let sessions: [Session]
        let token: String
        let shortest: Int
        let problem: String?
    }

    static func page(_ request: ConsoleRequest, problem: String? = nil) async throws -> Page {
        let sessions = try await AccountStore(database: request.database).sessions(of: request.who)
        return Page(
            "Your account", in: nil, template: "account/page", status: problem == nil ? .ok : .unprocessableContent,
            model: Model(
                name: request.who.name, role: request.who.role.rawValue, mayDo: request.who.role.inWords,
                isLocal: request.who.isLocal,
                ends: request.mark(request.who.expiresAt),
                sessions: sessions.map { session in
                    Session(
                        started: request.mark(session.createdAt), seen: request.mark(session.seenAt),
                        address: session.address ?? "unknown",
                        browser: session.agent ?? "unknown", isThis: session.isThis)
                }, token: request.who.formToken, shortest: PasswordRule.shortest, problem: problem))
    }

    /// The old password must be known: an open screen is not enough to take an account over.
    static func changePassword(_ request: ConsoleRequest) async throws -> Answer {
        let passwords = request.services.passwords
        guard request.who.isLocal else { throw ConsoleError.forbidden }
        let (old, new) = (request.query.raw("old") ?? "", request.query.raw("new") ?? "")
        if let objection = PasswordRule.objection(to: new, name: request.who.name) {
            return .page(try await page(request, problem: "Nothing was changed: \(objection)."))
        }
        guard new == request.query.raw("again") else {
            return .page(try await page(request, problem: "Nothing was changed: the new password was not repeated alike."))
        }
        guard let checked = try await passwords.checked(old, name: request.who.name) else {
            return .page(
                try await page(request, problem: "Nothing was changed: the present password did not fit, or has to wait."))
        }
        let hash = try await passwords.check.hash(new)
        try await OperatorAccountStore(database: request.acting).set(
            password: hash, instead: checked, of: request.who.name, who: request.who.name)
        return .goTo("/sign-in")
    }
}

extension OperatorRole {
    /// What the role may do.
    var inWords: String {
        switch self {
        case .viewer: "sees everything and changes nothing"
        case .operator: "sees everything, acts on jobs and decides matches"
        case .administrator: "does everything: settings, rules and operators, too"
        }
    }
}
