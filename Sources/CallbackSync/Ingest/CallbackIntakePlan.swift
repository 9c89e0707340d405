import FoundationEssentials
import Model

/// What becomes of a request as it comes in.
struct CallbackIntakePlan: Sendable {
    let facts: CallbackFacts
    let modifiedAt: Date?
    let hash: Int64
    let isNew: Bool
    let state: CallbackState
    let reason: CallbackReason?
    /// A job decides about it.
    let needsWork: Bool

    /// One that is seen for the first time. What has nothing to do is settled at once, without a job.
    init(new received: ReceivedCallback, profiles: CallbackProfiles, endings: CallbackEndings) {
        facts = received.facts
        modifiedAt = received.modifiedAt
        hash = received.facts.contentHash
        isNew = true
        if case .skip(let why) = CallbackDecision.make(for: received.facts, profiles: profiles, endings: endings, open: []) {
            (state, reason, needsWork) = (.skipped, why, false)
        } else {
            (state, reason, needsWork) = (.pending, nil, true)
        }
    }

    /// One that is seen again. Nil: nothing new.
    ///
    /// What waits or is written keeps its state: only the job, which runs behind all others of the number, may change it.
    init?(known: KnownCallback, received: ReceivedCallback, profiles: CallbackProfiles, endings: CallbackEndings) {
        // One that is known with a number which was erased meanwhile is left to the erasure, which also looks after its record.
        guard known.isErased || !received.facts.isErased else { return nil }
        let facts = known.isErased ? received.facts.erased : received.facts
        let hash = facts.contentHash
        guard hash != known.hash || Self.mayBegin(known, facts, profiles) else { return nil }
        // An answer that was under way while something newer was learnt.
        if let before = known.modifiedAt, let modified = received.modifiedAt, modified < before { return nil }
        self.facts = facts
        modifiedAt = received.modifiedAt
        self.hash = hash
        isNew = false
        let decision = CallbackDecision.make(for: facts, profiles: profiles, endings: endings, open: [])
        switch (known.state, decision) {
        // Its end in Enreach may still end a phone call that stands without its number; nothing else goes anywhere.
        case _ where known.isErased:
            (state, reason, needsWork) = (known.state, known.reason.flatMap(CallbackReason.init), known.state == .written)
        case (.skipped, .skip(let why)): (state, reason, needsWork) = (.skipped, why, false)
        case (.skipped, _), (.dead, _): (state, reason, needsWork) = (.pending, nil, true)
        default: (state, reason, needsWork) = (known.state, known.reason.flatMap(CallbackReason.init), true)
        }
    }

    /// It was skipped for want of a profile, and has one now.
    static func mayBegin(_ known: KnownCallback, _ facts: CallbackFacts, _ profiles: CallbackProfiles) -> Bool {
        known.state == .skipped && !known.isErased && known.reason == CallbackReason.noProfile.rawValue && facts.stage != .closed
            && profiles.profile(list: facts.listID) != nil
    }
}

/// A request as the hub knows it.
struct KnownCallback: Sendable {
    let hash: Int64
    let state: CallbackState
    let reason: String?
    let modifiedAt: Date?
    var lacksPoll = false
    var lacksWebhook = false
    var isErased = false
}
