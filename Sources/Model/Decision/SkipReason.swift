/// Why a call is not synced. The codes are stable: reports and people rely on them.
public enum SkipReason: String, Sendable, Hashable, CaseIterable {
    case erased
    case noID = "no_id"
    case isPrivate = "private"
    case unclassified
    case noTime = "no_time"
    case isInternal = "internal"
    case blocked
    case missed
    case unanswered
    case tooShort = "too_short"

    /// What `trunkline why` says.
    public var sentence: String {
        switch self {
        case .erased: "A number of the call was erased on request: it is counted, no number is kept."
        case .noID: "Enreach gave no id for the call, so it can't be told apart from others."
        case .isPrivate: "The call is classed as private: it is counted, its numbers are not kept."
        case .unclassified: "The call is not classed as work (yet)."
        case .noTime: "Enreach gave no time for the call."
        case .isInternal: "Both parties belong to the organisation, and SyncInternalCalls is off."
        case .blocked: "The other party's number is in BlockedNumbers."
        case .missed: "Nobody answered the inbound call, and SyncMissedCalls is off."
        case .unanswered: "Nobody answered the outbound call, and SyncUnansweredCalls is off."
        case .tooShort: "The talk was shorter than CallDurationLimit."
        }
    }
}
