package import Dynamics
package import Enreach
package import FoundationEssentials
package import Logging
import Runtime
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
        /// When Enreach was last asked about a queue.
        var queuesAskedAt: [UUID: ContinuousClock.Instant] = [:]
        /// When Enreach last failed to show its queues. Nil: it showed them the last time.
        var queuesFailedAt: ContinuousClock.Instant?
    }
    private let learnt = Mutex(Learnt())

    /// Enreach is asked about a queue at most once in this time, and about none for so long after it failed.
    private static let queuePause: Duration = .seconds(60)
    /// Whoever asks has calls in hand that need no queue: they wait no longer than this.
    private static let queuePatience: Duration = .seconds(10)

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

    /// The types of all queues that Enreach shows. Nil: it was asked about each of these a moment ago, or it can't tell now; the log says why
    /// when that begins.
    ///
    /// - Throws: `CancellationError` only.
    package func queueTypes(toLearn queues: Set<UUID>, logger: Logger) async throws -> [UUID: Int]? {
        let now = ContinuousClock.now
        let isWorthwhile = learnt.withLock { learnt in
            learnt.queuesAskedAt = learnt.queuesAskedAt.filter { now - $0.value < Self.queuePause }
            if let failedAt = learnt.queuesFailedAt, now - failedAt < Self.queuePause { return false }
            return !queues.allSatisfy { learnt.queuesAskedAt[$0] != nil }
        }
        guard isWorthwhile else { return nil }
        do {
            let late = EnreachError(.transient, route: "GET queues", message: "no answer within \(Self.queuePatience)")
            let listing = try await within(Self.queuePatience, late: late) { try await self.enreach.queues() }
            learnt.withLock { learnt in
                for queue in queues { learnt.queuesAskedAt[queue] = now }
                learnt.queuesFailedAt = nil
            }
            let types = listing.compactMap { queue in queue.id.flatMap { id in queue.typeID.map { (id, $0) } } }
            return Dictionary(types) { $1 }
        } catch let error as EnreachError {
            let isNews = learnt.withLock { learnt in
                defer { learnt.queuesFailedAt = .now }
                return learnt.queuesFailedAt == nil
            }
            if isNews {
                logger.warning(
                    "Enreach does not show its queues; one whose type is not known is a service queue if it has a name",
                    metadata: ["tenant": "\(name)", "reason": "\(error)"])
            }
            return nil
        }
    }

    /// Whether this environment refuses changes of completed phone calls, so that they must be opened for them.
    package var mustReopen: Bool {
        get { learnt.withLock { $0.mustReopen } }
        set { learnt.withLock { $0.mustReopen = newValue } }
    }
}
