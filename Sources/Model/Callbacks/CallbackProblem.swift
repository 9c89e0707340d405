import FoundationEssentials

/// Why a callback profile takes nothing in. The codes are stable.
package enum CallbackProblem: Sendable, Hashable {
    case unreadable(String)
    case noList
    case noQueue
    case noAge
    case ageOutOfRange
    /// Another profile holds the list.
    case listClaimed(by: String)
    case listGone
    case queueGone

    package var code: String {
        switch self {
        case .unreadable: "unreadable"
        case .noList: "no_list"
        case .noQueue: "no_queue"
        case .noAge: "no_age"
        case .ageOutOfRange: "age_out_of_range"
        case .listClaimed: "list_claimed"
        case .listGone: "list_gone"
        case .queueGone: "queue_gone"
        }
    }

    /// For people, with what to do.
    package var sentence: String {
        switch self {
        case .unreadable(let text): text
        case .noList: "It names no callback list: choose one."
        case .noQueue: "It names no queue: choose one."
        case .noAge: "Polling needs Callback Age and Age Time Unit: say how far back each poll asks."
        case .ageOutOfRange:
            "Callback Age must be from 2 minutes to 366 days: less than two minutes would miss requests between polls."
        case .listClaimed(let other):
            "The profile '\(other)', which is older, holds the same callback list: let each list have one profile."
        case .listGone:
            "Enreach has no such callback list (any more), or the API user may not see it: choose another, or give access."
        case .queueGone: "Dynamics has no such queue (any more), or the application user may not see it: choose another."
        }
    }
}

extension CallbackProfile {
    static let ages = 120...(366 * 86_400)

    /// The first thing that is wrong with it, judged by itself.
    package var problem: CallbackProblem? {
        if let readersProblem { return .unreadable(readersProblem) }
        if let first = unreadable.first { return .unreadable(first) }
        if listID == nil { return .noList }
        if queueID == nil { return .noQueue }
        guard method.polls else { return nil }
        guard age != nil, ageUnit != nil else { return .noAge }
        guard let lookBack, Self.ages.contains(lookBack) else { return .ageOutOfRange }
        return nil
    }
}
