import HTTPTypes
import Hummingbird
import Logging

/// Whatever goes wrong outside a page's frame: no such address, a method that is not meant, a mistake of ours.
struct ErrorPages: RouterMiddleware {
    let services: ConsoleServices

    func handle(
        _ request: Request, context: ConsoleContext, next: (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let shown = Self.shown(error)
            if shown.status.code >= 500 {
                services.logger.error("A request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            }
            let page = services.bare(shown.title, template: "error", model: shown, theme: Theme(request))
            return Response.html(page, status: shown.status).retrying(shown.retryAfter)
        }
    }

    private static func shown(_ error: any Error) -> ConsoleError {
        guard let error = error as? any HTTPResponseError else { return ConsoleError(error) }
        if error.status == .notFound { return .notFound }
        return ConsoleError(
            status: error.status, title: error.status.reasonPhrase, text: "The console does not take this request.")
    }
}
