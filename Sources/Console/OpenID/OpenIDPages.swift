import Hummingbird
import Logging
import Operations
import Postgres

/// The way to the identity provider and back.
struct OpenIDPages: Sendable {
    let services: ConsoleServices
    let provider: OpenIDProvider

    private var pages: SignInPages { SignInPages(services: services) }
    private var signIn: OpenIDSignIn {
        OpenIDSignIn(provider: provider, database: services.acting, sessions: services.sessions)
    }

    static let returnPath = "/sign-in/return"

    func add(to router: Router<ConsoleContext>) {
        router.get("sign-in/provider") { request, context in try await leave(request, context) }
        router.get("sign-in/return") { request, context in try await come(request, context) }
    }

    private func leave(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let origin = RequestOrigin(request, context, services.settings)
        let to = SignInPages.path(Query(encoded: request.uri.query ?? "")["to"])
        guard origin.mayHoldSession else { throw ConsoleError.forbidden }
        // Each leaves a row for minutes.
        guard services.departures.admits(PasswordSignIn.source(origin.client)) else { throw ConsoleError.tooMany }
        let known = SessionCookie.value(SessionCookie.visitor, of: request, origin)
        let visitor = known ?? Tokens.text(Tokens.random())
        do {
            let address = try await signIn.begin(visitor: visitor, to: to, redirect: origin.origin + Self.returnPath)
            var response = Response.seeOther(address)
            if known == nil { response.add(cookie: SessionCookie.header(SessionCookie.visitor, visitor, origin, age: 3600)) }
            return response
        } catch let error as OpenIDError {
            return refuse(error, request, origin, to: to)
        }
    }

    private func come(_ request: Request, _ context: ConsoleContext) async throws -> Response {
        let origin = RequestOrigin(request, context, services.settings)
        let query = Query(encoded: request.uri.query ?? "")
        do {
            guard let visitor = SessionCookie.value(SessionCookie.visitor, of: request, origin), let state = query["state"] else {
                throw OpenIDError(.challenge, "this sign-in was not begun in this browser, or too long ago")
            }
            guard let code = query["code"] else {
                throw OpenIDError(.refused, "the provider said no: \(Self.word(query["error"]))")
            }
            let (token, to) = try await signIn.finish(
                code: code, state: state, visitor: visitor, redirect: origin.origin + Self.returnPath, client: origin.client,
                agent: request.headers[.userAgent] ?? "")
            try await pages.endOld(request, origin)
            ConsoleMetrics.signedIn("provider")
            return SignInPages.welcome(token, to: to, origin)
        } catch let error as OpenIDError {
            ConsoleMetrics.signedIn("refused")
            try await note(error, origin)
            return refuse(error, request, origin, to: "/")
        }
    }

    private func refuse(_ error: OpenIDError, _ request: Request, _ origin: RequestOrigin, to: String) -> Response {
        services.logger.warning("A sign-in at the identity provider did not work", metadata: ["error": "\(error)"])
        return pages.page(
            request, origin, to: to, problem: "Signing in with \(provider.name) did not work: \(error).",
            status: error.code == .provider ? .badGateway : .forbidden)
    }

    private func note(_ error: OpenIDError, _ origin: RequestOrigin) async throws {
        guard services.refusals.admits(PasswordSignIn.source(origin.client)) else { return }
        try await services.acting.withConnection { connection in
            try await OperatorActionStore.record(
                .init(
                    tenant: nil, who: "nobody", action: "console.sign_in_refused",
                    detail: .object([
                        "way": .text(provider.name as String), "why": .text(error.code.rawValue as String),
                        "address": .text(origin.client as String),
                    ])), on: connection)
        }
    }

    /// A word of the protocol; what else stands there came with an address that anybody can make up.
    private static func word(_ text: String?) -> String {
        guard let text, text.count <= 60, text.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F }) else {
            return "no reason"
        }
        return text
    }
}
