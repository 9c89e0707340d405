import Foundation
import Synchronization

/// A Dataverse environment in memory: sign-in, the Web API, service protection. It knows no server framework: whoever
/// hosts it turns an HTTP request into a `SandboxRequest` and sends back what it answers.
///
/// Paths may carry any prefix: everything before `/api/data/v9.x/` (or before `/{directory}/oauth2/v2.0/…`, `/{directory}/discovery/v2.0/keys`
/// and `/{directory}/v2.0/.well-known/openid-configuration`) is the mount under which the client reaches it, and comes back
/// in absolute links.
public final class Dataverse: Sendable {
    public let configuration: DataverseConfiguration
    let clock: any SandboxClock
    let faults: DataverseFaultDecision?
    let environment: Mutex<Environment>
    let outbox: EventOutbox
    /// Of the sign-in page.
    let codes = AuthorizationCodes()
    let keys = SigningKeys()

    public init(
        configuration: DataverseConfiguration = .init(), clock: any SandboxClock, faults: DataverseFaultDecision? = nil,
        webhookFaults: DataverseWebhookFaultDecision? = nil
    ) {
        self.configuration = configuration
        self.clock = clock
        self.faults = faults
        outbox = EventOutbox(faults: webhookFaults)
        environment = Mutex(Environment(configuration, now: Int64(clock.now.timeIntervalSince1970)))
    }

    /// Answers one request. Waits as long as the configured latency says, in the clock's scaled time.
    public func respond(to request: SandboxRequest) async -> SandboxResponse {
        if let mount = WebAPIMount(request) {
            return await WebAPI(dataverse: self, request: request, mount: mount).respond()
        }
        return await SignIn(dataverse: self, request: request).respond()
    }

    var unixTime: Int64 { Int64(clock.now.timeIntervalSince1970.rounded(.down)) }
}
