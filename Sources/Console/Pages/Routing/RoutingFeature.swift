/// Smart routing: rules, what they decided, and what they would.
enum RoutingFeature: ConsoleFeature {
    static let pages = [
        PageRoute("/routing") { try await RoutingPage.page($0) },
        PageRoute("/routing/rules/:version") { try await RuleVersionPage.page($0) },
        PageRoute("/routing/try") { try await RouteTrial.page($0) },
    ]
    static let actions = [RuleActions.apply, RuleActions.rollBack]
    static let fragments = [
        LiveFragment("routing.decisions", template: "routing/decisions") { try await RouteDecisions.live($0) }
    ]
}
