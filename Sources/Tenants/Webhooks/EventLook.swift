package import FoundationEssentials
package import Jobs
import Model
import Postgres

/// The jobs that look at what a webhook named. Both sync programs serve the listener, so each may make the other's.
package enum EventLook {
    package static let readCall = "call.read"
    package static let pollCalls = "calls.poll"
    package static let callQueue = "default"
    package static let readCallbacks = "callbacks.read"
    package static let checkProfiles = "callbacks.check"
    package static let callbackQueue = "callback-sync"

    package static func job(_ event: WebhookEvent, _ tenant: Int32) -> NewJob {
        if event.isCallback { return callbacks(list: event.kept, tenant: tenant) }
        return event.call.map { call($0, tenant: tenant) }
            ?? NewJob(kind: pollCalls, tenant: tenant, unique: "webhook", maxAttempts: 4, queue: callQueue)
    }

    /// Reads one call from Enreach at once; never twice at the same time. What is asked for while a read runs is read after it.
    ///
    /// The key is not the call's own, which keeps the writes of a call in order: a read waits for no write.
    package static func call(_ call: UUID, tenant: Int32) -> NewJob {
        let id = call.lowercase
        return NewJob(
            kind: readCall, tenant: tenant, payload: JSONB("{\"call\":\"\(id)\"}"), key: "read/\(id)", coalesce: true,
            maxAttempts: 8,
            queue: callQueue)
    }

    /// Reads what events of a callback list wait to be looked at, together; the same for those that come meanwhile.
    package static func callbacks(list: UUID?, tenant: Int32) -> NewJob {
        let list = list?.lowercase ?? ""
        return NewJob(
            kind: readCallbacks, tenant: tenant, payload: JSONB("{\"list\":\"\(list)\"}"), key: "events/\(list)", coalesce: true,
            lane: .callback, maxAttempts: 20, queue: callbackQueue)
    }

    /// Has callback-sync look at callback profiles at once. Whoever changes one enqueues it in the same transaction, and rings the queue.
    package static func profiles(tenant: Int32) -> NewJob {
        NewJob(
            kind: checkProfiles, tenant: tenant, key: checkProfiles, coalesce: true, lane: .callback, maxAttempts: 8,
            queue: callbackQueue)
    }
}
