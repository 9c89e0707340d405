public import Logging
public import Postgres

/// What a program's own part gets to stand on.
public struct ProgramContext: Sendable {
    public let identity: InstanceIdentity
    public let configuration: ProgramConfiguration
    public let logger: Logger
    public let metrics: PrometheusRegistry
    public let readiness: Readiness
    /// The pool; it may be used by services only, which run once the database is there and its schema fits.
    public let database: Database
    /// How ``database`` was opened, for further connections such as a listener's.
    public let databaseConfiguration: DatabaseConfiguration
    /// Where to add routes, such as webhooks.
    public let health: HealthServer
    /// The HTTP clients for the vendors; the runtime closes them at the end.
    public let outbound: OutboundClients
    /// Where to add figures that a scrape shows and that have to be read from the database.
    public let figures: ScrapedFigures
    /// Where to add certificates and secrets whose end a scrape shows.
    public let credentials: CredentialFigures
}
