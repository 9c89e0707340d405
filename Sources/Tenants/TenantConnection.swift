package import Dynamics
package import Enreach
package import FoundationEssentials
import Synchronization

/// How one tenant's vendors are reached, and what was learnt about them on the way.
package final class TenantConnection: Sendable {
    package let name: String
    package let enreach: EnreachClient
    package let dynamics: DynamicsClient
    /// Compared with what a webhook shows; read anew each time, so that it can be rotated. Nil: webhooks are refused.
    package let webhookToken: (@Sendable () -> String)?
    /// The same for webhooks of Dynamics.
    package let dynamicsWebhookToken: (@Sendable () -> String)?

    private struct Learnt {
        var applicationUser: UUID?
        var mustReopen = false
        var apiAddress: String?
        var queueTypes: [UUID: Int] = [:]
        var queuesReadAt: ContinuousClock.Instant?
    }
    private let learnt = Mutex(Learnt())

    package init(
        name: String, enreach: EnreachClient, dynamics: DynamicsClient, webhookToken: (@Sendable () -> String)? = nil,
        dynamicsWebhookToken: (@Sendable () -> String)? = nil
    ) {
        self.name = name
        self.enreach = enreach
        self.dynamics = dynamics
        self.webhookToken = webhookToken
        self.dynamicsWebhookToken = dynamicsWebhookToken
    }

    /// The application user that the hub is in Dynamics; asked for once.
    package func applicationUser() async throws -> UUID {
        if let known = learnt.withLock({ $0.applicationUser }) { return known }
        let user = try await dynamics.whoAmI().userID
        learnt.withLock { $0.applicationUser = user }
        return user
    }

    /// The Enreach API's address; the last one known while it can't be found out.
    package func apiAddress() async throws -> String {
        do {
            let address = try await enreach.apiAddress()
            learnt.withLock { $0.apiAddress = address }
            return address
        } catch {
            guard let known = learnt.withLock({ $0.apiAddress }) else { throw error }
            return known
        }
    }

    /// Types of Enreach's queues. They are read when one of those asked for is unknown, at most once a minute; a queue that is not there has none.
    package func queueTypes(of queues: Set<UUID>) async throws -> [UUID: Int] {
        let isEnough = learnt.withLock { learnt in
            queues.allSatisfy { learnt.queueTypes[$0] != nil }
                || learnt.queuesReadAt.map { ContinuousClock.now - $0 < .seconds(60) } ?? false
        }
        if !isEnough {
            let listing = try await enreach.queues()
            learnt.withLock { learnt in
                for queue in listing { if let id = queue.id, let type = queue.typeID { learnt.queueTypes[id] = type } }
                learnt.queuesReadAt = .now
            }
        }
        return learnt.withLock { $0.queueTypes }
    }

    /// Whether this environment refuses changes of completed phone calls, so that they must be opened for them.
    package var mustReopen: Bool {
        get { learnt.withLock { $0.mustReopen } }
        set { learnt.withLock { $0.mustReopen = newValue } }
    }
}
