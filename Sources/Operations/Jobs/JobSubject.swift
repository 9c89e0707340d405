import CallbackSync
package import Foundation
package import Jobs
import Model
import Postgres

/// The call or the callback request that a job works on.
package struct JobSubject: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case call, callback
    }

    package let kind: Kind
    package let id: UUID
}

extension JobRecord {
    /// Nil: neither, or several.
    ///
    /// Jobs of calls have the call's id as their key. Those of callback requests name it in their payload: their key is the line in which
    /// requests of one number stand.
    package var subject: JobSubject? {
        let own = key.flatMap { UUID(uuidString: $0) }
        if kind.hasPrefix("callback.") {
            return (CallbackPayload.read(payload).callback ?? own).map { JobSubject(kind: .callback, id: $0) }
        }
        if kind.hasPrefix("call.") { return (own ?? namedCall).map { JobSubject(kind: .call, id: $0) } }
        return nil
    }

    private var namedCall: UUID? {
        struct Named: Decodable {
            var call: UUID?
        }
        return (try? payload.decode(Named.self))?.call
    }
}
