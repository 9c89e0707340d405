public import Logging

/// What a program's own part gets to stand on.
public struct ProgramContext: Sendable {
    public let identity: InstanceIdentity
    public let configuration: ProgramConfiguration
    public let logger: Logger
    public let metrics: PrometheusRegistry
    public let readiness: Readiness
    /// Where to add routes, such as webhooks.
    public let health: HealthServer
    /// The HTTP clients for the vendors; the runtime closes them at the end.
    public let outbound: OutboundClients
}
