import Directory
package import FoundationEssentials
package import Jobs
import Model
package import Postgres
import Tenants

/// The kinds of jobs that callback-sync does; docs/callbacks.md lists them.
package enum CallbackJobs {
    package static let queue = EventLook.callbackQueue

    package static let poll = "callbacks.poll"
    package static let check = EventLook.checkProfiles
    package static let read = EventLook.readCallbacks
    package static let write = "callback.write"
    package static let wait = "callback.wait"
    package static let close = "callback.close"
    package static let erase = "callback.erase"
    package static let match = DirectoryJobs.matchCallbacks
    package static let relate = "callback.relate"
    package static let follow = "callbacks.follow"
    package static let housekeeping = "callbacks.keep"

    /// Decides about a request and brings it into Dynamics. Requests of one number go one after the other, in the order in which they were
    /// made: what becomes of the second depends on the first.
    static func write(_ callback: UUID, number: String?, tenant: Int32, tenantName: String, runAt: Date? = nil) -> NewJob {
        let key = number.map { line(number: $0, tenantName: tenantName) } ?? "callback/\(callback.lowercase)"
        return NewJob(
            kind: write, tenant: tenant, payload: payload(callback), key: key, lane: .callback, runAt: runAt, queue: queue)
    }

    /// Keeps a request that can't be written now, out of its number's line: behind those of the same list and number that wait already.
    static func wait(
        _ callback: UUID, list: UUID, number: String, tenant: Int32, tenantName: String, until: Date
    ) -> NewJob {
        let number = PhoneCallID.number(number, tenant: tenantName).lowercase
        return NewJob(
            kind: wait, tenant: tenant, payload: payload(callback), key: "waiting/\(number)/\(list.lowercase)",
            unique: callback.lowercase, lane: .callback, runAt: until, queue: queue)
    }

    /// Looks once more whom the number of a request belongs to. In line with its writes.
    static func relate(_ callback: UUID, number: String, tenant: Int32, tenantName: String) -> NewJob {
        NewJob(
            kind: relate, tenant: tenant, payload: payload(callback), key: line(number: number, tenantName: tenantName),
            lane: .late, maxAttempts: 8, queue: queue)
    }

    /// Polls at once, for a profile whose list was not read since it changed. After a poll of the same kind that runs, never beside it.
    static func pollNow(tenant: Int32) -> NewJob {
        NewJob(
            kind: poll, tenant: tenant, key: "poll/changed", coalesce: true, lane: .callback, maxAttempts: 4, queue: queue)
    }

    /// Looks after the record of a request whose number was erased.
    ///
    /// - Parameter key: in whose line its writes stand, see ``line(number:tenantName:)``.
    package static func erase(_ callback: UUID, key: String, tenant: Int32) -> NewJob {
        NewJob(
            kind: erase, tenant: tenant, payload: payload(callback), key: key, unique: callback.lowercase, lane: .late,
            queue: queue)
    }

    /// The key of the jobs of a number's requests; it is made from the number and does not say it.
    package static func line(number: String, tenantName: String) -> String {
        "number/\(PhoneCallID.number(number, tenant: tenantName).lowercase)"
    }

    /// Closes a request in Enreach.
    static func close(_ callback: UUID, successfully: Bool, tenant: Int32) -> NewJob {
        NewJob(
            kind: close, tenant: tenant,
            payload: JSONB("{\"callback\":\"\(callback.lowercase)\",\"success\":\(successfully)}"),
            unique: callback.lowercase, lane: .callback, maxAttempts: 10, queue: queue)
    }

    /// What the payloads of all jobs of a request hold.
    package static func payload(_ callback: UUID) -> JSONB { JSONB("{\"callback\":\"\(callback.lowercase)\"}") }
}

/// What the payload of a job of callback-sync says; nil: not that.
package struct CallbackPayload: Decodable, Sendable {
    package var callback: UUID?
    var success: Bool?
    var list: String?
    var number: String?

    private init() {}

    /// Of what can't be read, nothing.
    package static func read(_ payload: JSONB) -> CallbackPayload {
        (try? payload.decode(CallbackPayload.self)) ?? CallbackPayload()
    }
}

extension Job {
    var callbackPayload: CallbackPayload { CallbackPayload.read(payload) }
}
