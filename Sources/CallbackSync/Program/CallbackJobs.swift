import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// The kinds of jobs that callback-sync does; docs/callbacks.md lists them.
package enum CallbackJobs {
    package static let queue = EventLook.callbackQueue

    package static let poll = "callbacks.poll"
    package static let read = EventLook.readCallbacks
    package static let write = "callback.write"
    package static let close = "callback.close"
    package static let follow = "callbacks.follow"
    package static let housekeeping = "callbacks.keep"

    /// Decides about a request and brings it into Dynamics. Requests of one number go one after the other, in the order in which they were
    /// made: what becomes of the second depends on the first.
    static func write(_ callback: UUID, number: String?, tenant: Int32, tenantName: String, runAt: Date? = nil) -> NewJob {
        let key =
            number.map { "number/\(PhoneCallID.number($0, tenant: tenantName).lowercase)" } ?? "callback/\(callback.lowercase)"
        return NewJob(
            kind: write, tenant: tenant, payload: payload(callback), key: key, lane: .callback, runAt: runAt, queue: queue)
    }

    /// Closes a request in Enreach.
    static func close(_ callback: UUID, successfully: Bool, tenant: Int32) -> NewJob {
        NewJob(
            kind: close, tenant: tenant,
            payload: JSONB("{\"callback\":\"\(callback.lowercase)\",\"success\":\(successfully)}"),
            unique: callback.lowercase, lane: .callback, maxAttempts: 10, queue: queue)
    }

    private static func payload(_ callback: UUID) -> JSONB { JSONB("{\"callback\":\"\(callback.lowercase)\"}") }
}

extension Job {
    struct CallbackPayload: Decodable {
        var callback: UUID?
        var success: Bool?
        var list: String?
    }

    var callbackPayload: CallbackPayload { (try? payload.decode(CallbackPayload.self)) ?? CallbackPayload() }
}
