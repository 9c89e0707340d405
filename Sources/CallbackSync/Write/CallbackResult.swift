import Dynamics
import FoundationEssentials
import Jobs
import Model
import Tenants
import Traces

/// What became of a request in one attempt, as it is stored.
struct CallbackResult: Sendable {
    let id: UUID
    var state: CallbackState
    var reason: CallbackReason?
    var recordState: RecordState?
    var bundleID: UUID?
    var ignoredFor: UUID?
    var profile: CallbackProfile?
    var owner: CallbackOwner?
    var regarding: RowReference?
    /// How the other party was looked for; nil leaves what is stored.
    var matchRule: String?
    /// A number that so many carry that nobody was linked.
    var ambiguity: (number: String, candidates: Int, at: Date)?
    var errorCode: String?
    var errorText: String?
    var story: [TimelineRow] = []
    /// Seconds from seeing it to its phone call, when that was made now.
    var latency: Double?
    /// The request is to be closed in Enreach.
    var close: CallbackFollow = .nothing
    /// It came to its end in this attempt.
    var isNews = false
    /// The request's own trace, within which it is closed.
    var trace: TraceContext?

    init(_ work: CallbackWork) {
        id = work.callback.id
        state = work.callback.state
        recordState = work.callback.recordState
        // Outside of traces no payload is looked into.
        trace = TraceContext.current == nil ? nil : work.job.trace
    }
}

/// What an attempt came to, for the rows and for the job.
struct CallbackVerdict: Sendable {
    var result: CallbackResult?
    var outcome: JobOutcome
    /// Others of the number whose phone calls are not open any more, and those that were linked to this one.
    var siblings: [SiblingChange] = []
    var trouble: DynamicsFault?
    var lost: DynamicsFault?
    var answered = false
    /// The request has to wait, out of its number's line.
    var waits: CallbackWork?
}

extension CallbackVerdict: BatchVerdict {
    /// Its phone call stands for the first time.
    var wrote: Bool { result?.latency != nil }
}

/// Something learnt about another request of the number.
struct SiblingChange: Sendable, Hashable {
    var id: UUID
    var recordState: RecordState?
    var bundleID: UUID?
}
