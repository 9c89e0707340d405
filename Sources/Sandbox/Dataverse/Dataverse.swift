/// A Dataverse environment in memory: sign-in, the Web API, service protection. It knows no server framework: whoever
/// hosts it turns an HTTP request into a `SandboxRequest` and sends back what it answers.
///
/// Paths may carry any prefix: everything before `/api/data/v9.x/` (or before `/{directory}/oauth2/v2.0/token` and
/// `/{directory}/v2.0/.well-known/openid-configuration`) is the mount under which the client reaches it, and comes back
/// in absolute links.
public final class Dataverse: Sendable {
    public let configuration: DataverseConfiguration
    let clock: any SandboxClock
    let faults: DataverseFaultDecision?

    public init(
        configuration: DataverseConfiguration = .init(), clock: any SandboxClock, faults: DataverseFaultDecision? = nil
    ) {
        self.configuration = configuration
        self.clock = clock
        self.faults = faults
    }

    /// Answers one request. Waits as long as the configured latency says, in the clock's scaled time.
    public func respond(to request: SandboxRequest) async -> SandboxResponse {
        fatalError("arrives with the next change")
    }
}
