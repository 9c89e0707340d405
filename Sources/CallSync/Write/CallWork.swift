import Dynamics
import FoundationEssentials
import Jobs
import Model
import Tenants

/// One call in hand: its job, what is stored, and what is to be done.
struct CallWork: Sendable {
    let job: Job
    let call: StoredCall
    let action: CallAction
    /// The call is only here because its number may belong to somebody now.
    var isRelating = false
}

/// What an attempt came to, for the call's row and for its job.
struct CallVerdict: Sendable {
    var result: CallResult?
    var outcome: JobOutcome
    /// Set when the environment, not the record, is the matter, and an operator must act.
    var trouble: DynamicsFault?
    var lost: DynamicsFault?
    var answered = false
}

extension CallVerdict: BatchVerdict {
    var wrote: Bool { result?.touchedRecord == true }
}
