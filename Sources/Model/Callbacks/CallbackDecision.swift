package import FoundationEssentials

/// The state of a callback request; every one is in exactly one.
package enum CallbackState: String, Sendable, Hashable, CaseIterable {
    case pending, written, ignored, skipped, dead
}

/// Why a request is in its state, or waits. The codes are stable.
package enum CallbackReason: String, Sendable, Hashable, CaseIterable {
    // any state: the number was erased on request
    case erased
    // skipped
    case noProfile = "no_profile"
    case closedBefore = "closed_before"
    case expiredBefore = "expired_before"
    // ignored
    case sameNumber = "same_number"
    // pending
    case profileInTrouble = "profile_in_trouble"
    // written
    case noNumber = "no_number"
    case recordEnded = "record_ended"
    case requestEnded = "request_ended"
    case deletedByHuman = "deleted_by_human"
    // dead
    case refused
    case gaveUp = "gave_up"
    case jobLost = "job_lost"

    /// What `trunkline why` says.
    package var sentence: String {
        switch self {
        case .erased: "The number was erased on request; none is kept."
        case .noProfile: "No callback profile that is in force takes its list."
        case .closedBefore: "It was closed in Enreach before the hub could write it: somebody had dealt with it."
        case .expiredBefore: "It expired in Enreach before the hub could write it."
        case .sameNumber:
            "A phone call for the same number of the same list is open already, and the profile ignores further requests."
        case .profileInTrouble: "It waits, because its profile can't work; `trunkline callbacks profiles` says why."
        case .noNumber: "There is no number that could be called; a human has to decide, so the phone call was made all the same."
        case .recordEnded: "The phone call was completed or cancelled in Dynamics."
        case .requestEnded: "The request was closed or expired in Enreach; the phone call followed."
        case .deletedByHuman: "Somebody deleted the phone call in Dynamics; the hub will not make it again."
        case .refused: "Dynamics refuses the record as it is; see the error."
        case .gaveUp: "Every attempt failed; see the error."
        case .jobLost: "The job that should write it ended without a result; retry it."
        }
    }
}

/// A request of the same number whose phone call is open in Dynamics.
package struct OpenCallback: Sendable, Hashable {
    package var id: UUID
    package var activityID: UUID
    package var listID: UUID
    package var bundleID: UUID?
    package var requestedAt: Date

    package init(id: UUID, activityID: UUID, listID: UUID, bundleID: UUID?, requestedAt: Date) {
        self.id = id
        self.activityID = activityID
        self.listID = listID
        self.bundleID = bundleID
        self.requestedAt = requestedAt
    }
}

/// What phone calls of one number have in common.
package struct CallbackBundle: Sendable, Hashable {
    package let id: UUID
    /// Open ones that do not carry the link yet.
    package let unlinked: [OpenCallback]

    /// The phone call that gave the bundle its id is gone: those that are open begin anew under the first of them.
    package func anew(_ open: [OpenCallback]) -> CallbackBundle? {
        let sorted = open.sorted { ($0.requestedAt, $0.id.lowercase) < ($1.requestedAt, $1.id.lowercase) }
        return sorted.first.map { CallbackBundle(id: $0.activityID, unlinked: sorted) }
    }
}

/// What the rules say about a request that has no phone call yet.
package enum CallbackDecision: Sendable, Hashable {
    case write(CallbackBundle?)
    /// Another's phone call stands for it.
    case ignore(for: UUID)
    case skip(CallbackReason)

    /// - Parameter open: the requests of the same number whose phone calls are open, of all lists.
    package static func make(
        for facts: CallbackFacts, profiles: CallbackProfiles, endings: CallbackEndings, open: [OpenCallback]
    ) -> CallbackDecision {
        if facts.isErased { return .skip(.erased) }
        guard let profile = profiles.profile(list: facts.listID) else { return .skip(.noProfile) }
        if facts.stage == .closed { return .skip(endings.isExpiry(facts.result) ? .expiredBefore : .closedBefore) }
        guard facts.callableNumber != nil else { return .write(nil) }
        let others = open.filter { $0.id != facts.id }.sorted {
            ($0.requestedAt, $0.id.lowercase) < ($1.requestedAt, $1.id.lowercase)
        }
        switch profile.duplicates {
        case .ignore:
            if let first = others.first(where: { $0.listID == facts.listID }) { return .ignore(for: first.id) }
            return .write(nil)
        case .bundle:
            let bundled = others.filter { profiles.profile(list: $0.listID)?.duplicates != .ignore }
            guard let first = bundled.first else { return .write(nil) }
            let id = bundled.lazy.compactMap(\.bundleID).first ?? first.activityID
            return .write(CallbackBundle(id: id, unlinked: bundled.filter { $0.bundleID != id }))
        }
    }
}
