/// What the rules say about a call: write it, for whom, or skip it, why.
public enum Decision: Sendable, Hashable {
    case write(Owner)
    case skip(SkipReason)

    /// The first rule that applies decides, in the order of ``SkipReason``.
    ///
    /// - Parameter hasID: false for a call that came without an id and is kept under one made from its content.
    public static func make(for facts: CallFacts, settings: Settings, people: People) -> Decision {
        if facts.isErased { return .skip(.erased) }
        if facts.oddities.contains(.noID) { return .skip(.noID) }
        switch facts.privacy {
        case .private: return .skip(.isPrivate)
        case .undefined: return .skip(.unclassified)
        case .work: break
        }
        if facts.startedAt == nil { return .skip(.noTime) }
        if !settings.syncInternalCalls, facts.isInternal(people) { return .skip(.isInternal) }
        if let number = facts.other.e164, settings.blockedNumbers.contains(number) { return .skip(.blocked) }
        if !facts.answered {
            let isWanted = facts.direction == .inbound ? settings.syncMissedCalls : settings.syncUnansweredCalls
            if !isWanted { return .skip(facts.direction == .inbound ? .missed : .unanswered) }
        } else if facts.talkSeconds < settings.callDurationLimit {
            return .skip(.tooShort)
        }
        return .write(Owner.find(for: facts, settings: settings, people: people))
    }
}

extension CallFacts {
    /// Whether the other party is the organisation itself.
    public func isInternal(_ people: People) -> Bool { people.isOwn(other) }
}
