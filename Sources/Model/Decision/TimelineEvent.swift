/// The kinds of rows in a call's story. The names are stable.
public enum TimelineEvent: String, Sendable, Hashable, CaseIterable {
    case seen, changed, skipped, queued
    case written, alreadyWritten = "already_written", adopted, updated, unchanged
    case keptForHuman = "kept_for_human", deletedByHuman = "deleted_by_human"
    case withdrawn
    case erased
    case retry, dead, revived

    public var sentence: String {
        switch self {
        case .seen: "The hub saw the call for the first time."
        case .changed: "Enreach told something new about the call."
        case .skipped: "The rules say that it is not synced."
        case .queued: "A job was made to write it."
        case .written: "The phone call was made in Dynamics."
        case .alreadyWritten: "An earlier attempt had made the phone call."
        case .adopted: "The agent's own client had made the phone call; the hub completed it."
        case .updated: "Late data was written to the phone call."
        case .unchanged: "Nothing had to be written."
        case .keptForHuman: "Fields that somebody changed in Dynamics were left as they are."
        case .deletedByHuman: "The phone call is gone from Dynamics: somebody deleted it."
        case .withdrawn: "The phone call was taken back."
        case .erased: "The numbers were erased on request."
        case .retry: "An attempt failed; it will be repeated."
        case .dead: "The hub gave up."
        case .revived: "An operator asked for another attempt."
        }
    }
}
