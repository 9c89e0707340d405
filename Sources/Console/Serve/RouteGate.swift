import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Operations

/// What every request for a page or an action goes through: who is it, may they, is the form theirs. Then the answer, in its frame.
struct RouteGate: Sendable {
    let services: ConsoleServices

    /// A page by GET.
    func page(_ route: PageRoute, _ request: Request, _ context: ConsoleContext) async throws -> Response {
        try await timed(route.path, "GET") {
            let origin = RequestOrigin(request, context, services.settings)
            guard let who = try await signedIn(request, origin) else { return toSignIn(request) }
            let asked = asked(request, context, origin, who, Query(encoded: request.uri.query ?? ""))
            return await framed(request, asked) {
                guard who.role >= route.needs else { throw ConsoleError.forbidden }
                return .page(try await route.answer(asked))
            }
        }
    }

    /// A form by POST.
    func form(
        _ path: String, needs: OperatorRole, largest: Int, _ request: Request, _ context: ConsoleContext,
        answer: @Sendable (ConsoleRequest) async throws -> Answer
    ) async throws -> Response {
        try await timed(path, "POST") {
            let origin = RequestOrigin(request, context, services.settings)
            guard let who = try await signedIn(request, origin) else { throw ConsoleError.signedOut }
            let unread = asked(request, context, origin, who, Query())
            return await framed(request, unread) {
                guard who.role >= needs else { throw ConsoleError.forbidden }
                let fields = try await FormBody.read(request, largest: largest)
                try FormGuard.check(request, origin, fields, token: who.formToken)
                return try await answer(asked(request, context, origin, who, fields))
            }
        }
    }

    func signedIn(_ request: Request, _ origin: RequestOrigin) async throws -> SignedIn? {
        guard let token = SessionCookie.value(SessionCookie.session, of: request, origin) else { return nil }
        return try await services.sessions.find(token: token)
    }

    private func asked(
        _ request: Request, _ context: ConsoleContext, _ origin: RequestOrigin, _ who: SignedIn, _ query: Query
    ) -> ConsoleRequest {
        let parameters = context.parameters.map { (String($0.key), String($0.value).removingPercentEncoding ?? String($0.value)) }
        return ConsoleRequest(
            path: request.uri.path, parameters: Dictionary(parameters) { first, _ in first }, query: query, who: who, now: Date(),
            origin: origin, services: services, logger: services.logger)
    }

    private func toSignIn(_ request: Request) -> Response {
        let wanted = request.uri.string
        return .seeOther(wanted == "/" ? "/sign-in" : Query().setting("to", wanted).link("/sign-in"))
    }

    /// The answer, or what went wrong, in the frame of who asked.
    private func framed(
        _ request: Request, _ asked: ConsoleRequest, _ answer: () async throws -> Answer
    ) async -> Response {
        let theme = Theme(request)
        do {
            switch try await answer() {
            case .page(let page):
                let notice = Notice.read(request, asked)
                var response = Response.html(services.frame(page, for: asked, notice: notice, theme: theme), status: page.status)
                if notice != nil { response.add(cookie: SessionCookie.header(SessionCookie.notice, "", asked.origin, age: 0)) }
                return response
            case .goTo(let path, let notice):
                var response = Response.seeOther(path)
                if let notice { response.add(cookie: Notice.header(notice, asked)) }
                return response
            }
        } catch let elsewhere as GoTo {
            return .seeOther(elsewhere.path)
        } catch let file as Download {
            return .file(file)
        } catch {
            let shown = ConsoleError(error)
            if shown.status.code >= 500 {
                services.logger.error("A page could not be made", metadata: ["path": "\(asked.path)", "error": "\(error)"])
            }
            let page = Page(shown.title, in: nil, template: "error", status: shown.status, model: shown)
            return Response.html(services.frame(page, for: asked, theme: theme), status: shown.status).retrying(shown.retryAfter)
        }
    }

    private func timed(_ route: String, _ method: String, _ body: () async throws -> Response) async throws -> Response {
        let started = ContinuousClock.now
        let response = try await body()
        ConsoleMetrics.answered(route, method: method, status: response.status.code, in: started.duration(to: .now))
        return response
    }
}
