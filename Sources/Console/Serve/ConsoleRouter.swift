import Hummingbird

/// All addresses of the console.
enum ConsoleRouter {
    static func make(_ services: ConsoleServices) -> Router<ConsoleContext> {
        let router = Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders(isTLS: services.settings.isTLS))
        router.add(middleware: ErrorPages(services: services))
        router.get("assets/:name") { _, context in try services.assets.response(context.parameters.get("name") ?? "") }
        SignInPages(services: services).add(to: router)
        if let provider = services.provider { OpenIDPages(services: services, provider: provider).add(to: router) }
        let gate = RouteGate(services: services)
        for page in ConsoleFeatures.pages {
            router.get(RouterPath(page.path)) { request, context in try await gate.page(page, request, context) }
        }
        for form in ConsoleFeatures.forms {
            router.post(RouterPath(form.path)) { request, context in
                try await gate.form(form.path, needs: form.needs, largest: 16 * 1024, request, context, answer: form.answer)
            }
        }
        Appearance.add(to: router, gate)
        router.get("live") { request, context in try await LiveRoute(services: services).answer(request, context) }
        for action in ConsoleFeatures.actions { add(action, to: router, gate, services) }
        return router
    }

    private static func add(_ action: Action, to router: Router<ConsoleContext>, _ gate: RouteGate, _ services: ConsoleServices) {
        let steps = ActionGate(action: action, limiter: services.actions)
        let preview = PageRoute(action.path, needs: action.needs) { try await steps.show($0) }
        router.get(RouterPath(action.path)) { request, context in try await gate.page(preview, request, context) }
        router.post(RouterPath(action.path)) { request, context in
            try await gate.form(action.path, needs: action.needs, largest: action.largestForm, request, context) {
                try await steps.answer($0)
            }
        }
    }
}
