import Logging
import Operations
import Postgres

/// What every request of the console stands on.
struct ConsoleServices: Sendable {
    let settings: ConsoleSettings
    let templates: TemplateLibrary
    let assets: AssetStore
    /// Reads pages: read-only, with a limit on each statement.
    let reading: Database
    /// Signs in and acts.
    let acting: Database
    let sessions: SessionStore
    let passwords: PasswordSignIn
    /// Nil: local operators only.
    let provider: OpenIDProvider?
    let live: LiveHub
    /// Actions of each operator.
    let actions: RateLimiter<Int32>
    /// Ways to the identity provider, and refusals that are written down, from each address.
    let departures = RateLimiter<String>(perMinute: 20)
    let refusals = RateLimiter<String>(perMinute: 3)
    let logger: Logger

    /// - Parameters:
    ///   - acting: the pool that signs in and acts; `reading` the one of pages.
    ///   - cost: what a password's hash costs.
    static func make(
        _ settings: ConsoleSettings, acting: Database, reading: Database, cost: PasswordHash.Cost = .standard,
        provider: OpenIDProvider?, logger: Logger
    ) -> ConsoleServices {
        let sessions = SessionStore(database: acting, idle: settings.idle, longest: settings.longest)
        return ConsoleServices(
            settings: settings, templates: .standard, assets: .standard, reading: reading, acting: acting, sessions: sessions,
            passwords: PasswordSignIn(
                database: acting, store: SignInStore(database: acting), sessions: sessions, check: PasswordCheck(cost: cost)),
            provider: provider,
            live: LiveHub(
                fragments: ConsoleFeatures.fragments, templates: .standard, database: reading, most: settings.liveConnections,
                logger: logger),
            actions: RateLimiter(perMinute: settings.actionsPerMinute), logger: logger)
    }

    /// The page in its frame.
    func frame(_ page: Page, for request: ConsoleRequest, notice: String? = nil, theme: Theme) -> String {
        let content = templates.render(page.template, page.model)
        return templates.render(
            "frame/frame", Frame(page, content: content, request: request, notice: notice, theme: theme, assets: assets))
    }

    /// A page for somebody who is not signed in, or for an error without a frame.
    func bare(_ title: String, template: String, model: any Sendable, theme: Theme) -> String {
        let content = templates.render(template, model)
        return templates.render("frame/bare", BareFrame(title: title, content: content, theme: theme, assets: assets))
    }
}
