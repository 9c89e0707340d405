/// Why a call is in its state, beyond the reasons to skip it. The codes are stable.
public enum StateReason: String, Sendable, Hashable, CaseIterable {
    // written, adopted
    case deletedByHuman = "deleted_by_human"
    /// The numbers are erased in the hub; in Dynamics, too, or not on request.
    case erasedMasked = "erased_masked"
    case erasedKept = "erased_kept"
    // withdrawn
    case erasedDeleted = "erased_deleted"
    case erasedGone = "erased_gone"
    case withdrawnDeleted = "withdrawn_deleted"
    case withdrawnMarked = "withdrawn_marked"
    case withdrawnGone = "withdrawn_gone"
    // dead
    case refused
    case gaveUp = "gave_up"
    case jobLost = "job_lost"
    case unreadable

    public var sentence: String {
        switch self {
        case .deletedByHuman: "Somebody deleted the phone call in Dynamics; the hub will not make it again."
        case .erasedMasked:
            "The numbers were erased on request; the phone call stands without them, because somebody had a hand in it."
        case .erasedKept: "The numbers were erased on request in the hub; the phone call was left as it is."
        case .erasedDeleted: "The numbers were erased on request; the phone call was deleted."
        case .erasedGone: "The numbers were erased on request; somebody had deleted the phone call already."
        case .withdrawnDeleted: "The call is no longer classed as work; the phone call was deleted."
        case .withdrawnMarked:
            "The call is no longer classed as work; somebody had changed the phone call, so it was marked, not deleted."
        case .withdrawnGone: "The call is no longer classed as work; somebody had deleted the phone call already."
        case .refused: "Dynamics refuses the record as it is; see the error."
        case .gaveUp: "Every attempt failed; see the error."
        case .unreadable: "Enreach sent something about a call that can't be read; the error says why and where."
        case .jobLost:
            "The job that should write the call ended without a result; `trunkline jobs retry --call ID` makes a new one."
        }
    }
}
