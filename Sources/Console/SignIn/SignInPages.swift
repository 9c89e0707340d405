import Foundation
import HTTPTypes
import Hummingbird
import Postgres

/// The way in: pages for those who are not signed in yet.
struct SignInPages: Sendable {
    let services: ConsoleServices

    /// What the template `sign-in/page` shows.
    struct Model: Sendable {
        let to: String
        let name: String
        let token: String
        let problem: String?
        let takesPasswords: Bool
        /// What the identity provider is called; nil: there is none.
        let provider: String?
        let providerLink: String
        /// Plain HTTP from another machine: nobody can sign in.
        let isUnsafe: Bool
    }

    func add(to router: Router<ConsoleContext>) {
        router.get("sign-in") { request, context in try await show(request, context) }
        router.post("sign-in") { request, context in try await signIn(request, context) }
    }

    private func show(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let origin = RequestOrigin(request, context, services.settings)
        let to = Self.path(Query(encoded: request.uri.query ?? "")["to"])
        if try await RouteGate(services: services).signedIn(request, origin) != nil { return .seeOther(to) }
        return page(request, origin, to: to)
    }

    private func signIn(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let origin = RequestOrigin(request, context, services.settings)
        let form = try await FormBody.read(request, largest: 8 * 1024)
        let to = Self.path(form["to"])
        guard services.settings.takesPasswords, origin.mayHoldSession else { throw ConsoleError.forbidden }
        // The form must be one that we gave to this browser: else a stranger could sign somebody in as themselves.
        guard (try? FormGuard.check(request, origin)) != nil,
            let visitor = SessionCookie.value(SessionCookie.visitor, of: request, origin),
            Tokens.isSame(form.raw("token") ?? "", visitor)
        else { return page(request, origin, to: to, problem: "This page was out of date: try again.", status: .forbidden) }
        let name = form["name"] ?? ""
        let outcome = try await services.passwords.signIn(
            name: name, password: form.raw("password") ?? "", client: origin.client, agent: request.headers[.userAgent] ?? "")
        switch outcome {
        case .signedIn(let token, _):
            try await endOld(request, origin)
            return Self.welcome(token, to: to, origin)
        case .refused:
            return page(
                request, origin, to: to, name: name,
                problem: "That did not fit. Check name and password; after several wrong attempts, wait a little.",
                status: .forbidden)
        case .wait(let seconds):
            return page(
                request, origin, to: to, name: name, problem: "Too many wrong attempts came from your address. Try again later.",
                status: .tooManyRequests
            ).retrying(Int(seconds.rounded(.up)))
        }
    }

    /// A new session never takes over an old one's token; the old one ends.
    func endOld(_ request: Request, _ origin: RequestOrigin) async throws {
        guard let token = SessionCookie.value(SessionCookie.session, of: request, origin) else { return }
        try await services.acting.withConnection { try await services.sessions.end(Tokens.digest(token), on: $0) }
    }

    static func welcome(_ token: String, to: String, _ origin: RequestOrigin) -> Response {
        var response = Response.seeOther(to)
        response.add(cookie: SessionCookie.header(SessionCookie.session, token, origin))
        response.add(cookie: SessionCookie.header(SessionCookie.visitor, "", origin, age: 0))
        return response
    }

    /// The page with the form; the browser gets a mark that the form repeats.
    func page(
        _ request: Request, _ origin: RequestOrigin, to: String, name: String = "", problem: String? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let known = SessionCookie.value(SessionCookie.visitor, of: request, origin)
        let visitor = known ?? Tokens.text(Tokens.random())
        let model = Model(
            to: to, name: name, token: visitor, problem: problem, takesPasswords: services.settings.takesPasswords,
            provider: services.provider?.name,
            providerLink: Query().setting("to", to).link("/sign-in/provider"), isUnsafe: !origin.mayHoldSession)
        var response = Response.html(
            services.bare("Sign in", template: "sign-in/page", model: model, theme: Theme(request)), status: status)
        if known == nil { response.add(cookie: SessionCookie.header(SessionCookie.visitor, visitor, origin, age: 3600)) }
        return response
    }

    /// A path of ours, and nothing that a browser would take for another site.
    static func path(_ wanted: String?) -> String {
        guard let wanted, wanted.hasPrefix("/"), !wanted.hasPrefix("//"), !wanted.hasPrefix("/\\"), !wanted.hasPrefix("/sign-in"),
            wanted.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), wanted.utf8.count <= 2000
        else { return "/" }
        return wanted
    }
}
