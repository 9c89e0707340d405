import FoundationEssentials
import Model
import PhoneNumbers

/// What the database knows of a call that is seen again, as far as it matters to intake.
struct KnownCall: Sendable {
    let id: UUID
    let state: CallState
    let reason: String?
    let privacy: Privacy
    let hash: Int64
    let legs: [CallLeg]
    var isErased = false
}

/// What a seen call becomes in the database.
struct IntakePlan: Sendable {
    enum Kind: Sendable, Hashable { case new, changed }
    enum Job: Sendable, Hashable { case write, withdraw }

    let kind: Kind
    let id: UUID
    let facts: CallFacts
    let isInternal: Bool
    let legs: [UInt8]
    let hash: Int64
    let state: CallState
    let reason: String?
    let job: Job?
    /// Already in Dynamics: what follows is late data.
    let hasRecord: Bool
    /// Legs of it are kept without numbers and were not part of this answer, so the whole call should be read again.
    let mustReadWhole: Bool
    let unreadable: String?

    /// A call seen for the first time.
    init(new call: ReceivedCall, settings: Settings, people: People, numbers: NumberReader) {
        let seen = Self.seen(call.legs, hasID: call.hasID, isErased: call.isErased, people, numbers)
        let decision = Decision.make(for: seen.facts, settings: settings, people: people)
        kind = .new
        id = call.id
        facts = seen.facts
        isInternal = seen.facts.isInternal(people)
        legs = seen.json
        hash = seen.hash
        hasRecord = false
        mustReadWhole = false
        unreadable = call.unreadable
        if call.unreadable != nil {
            (state, reason, job) = (.dead, StateReason.unreadable.rawValue, nil)
        } else {
            switch decision {
            case .skip(let why): (state, reason, job) = (.skipped, why.rawValue, nil)
            case .write: (state, reason, job) = (.pending, nil, .write)
            }
        }
    }

    /// A call seen again. Nil: nothing new.
    ///
    /// A call that waits or has a record keeps its state: only the job that follows, which runs behind all others of the call, may change it.
    ///
    /// A call that is known with a number which was erased meanwhile is left to the erasure, which also looks after its record.
    init?(known: KnownCall, received call: ReceivedCall, settings: Settings, people: People, numbers: NumberReader) {
        guard call.unreadable == nil, known.isErased || !call.isErased else { return nil }
        let seen = Self.seen(
            CallLeg.merge(known: known.legs, received: call.legs), hasID: call.hasID, isErased: known.isErased, people, numbers)
        guard seen.hash != known.hash else { return nil }
        let decision = Decision.make(for: seen.facts, settings: settings, people: people)
        kind = .changed
        id = known.id
        facts = seen.facts
        isInternal = seen.facts.isInternal(people)
        legs = seen.json
        hash = seen.hash
        hasRecord = known.state.hasRecord
        mustReadWhole =
            !known.isErased && known.privacy == .private && seen.facts.privacy != .private && seen.legCount > call.legs.count
        unreadable = nil
        switch (known.state, decision) {
        // Nothing of it goes anywhere any more.
        case _ where known.isErased: (state, reason, job) = (known.state, known.reason, nil)
        case (.skipped, .skip(let why)): (state, reason, job) = (.skipped, why.rawValue, nil)
        case (.skipped, .write), (.dead, _): (state, reason, job) = (.pending, nil, .write)
        case (.written, .skip), (.adopted, .skip):
            (state, reason, job) = (known.state, known.reason, seen.facts.privacy == .work ? .write : .withdraw)
        default: (state, reason, job) = (known.state, known.reason, .write)
        }
    }

    private static func seen(
        _ legs: [CallLeg], hasID: Bool, isErased: Bool, _ people: People, _ numbers: NumberReader
    ) -> (facts: CallFacts, json: [UInt8], hash: Int64, legCount: Int) {
        var legs = legs
        var facts = CallFacts(folding: legs, hasID: hasID, number: numbers.read)
        facts.isErased = isErased
        if facts.privacy == .private || isErased {
            legs = legs.map(\.withoutNumbers)
            facts = facts.withoutNumbers
        }
        if facts.queueName == nil, let id = facts.queueID { facts.queueName = people.queueName(id) }
        let json = CallLeg.canonical(legs)
        return (facts, json, CallLeg.contentHash(json), legs.count)
    }

    /// The hash of a call as it would be kept if nothing was known of it: equal to the kept one for most calls that are seen again.
    static func hash(of call: ReceivedCall) -> Int64 {
        let isPrivate = call.legs.contains { $0.privacy == .private }
        return CallLeg.contentHash(CallLeg.canonical(isPrivate ? call.legs.map(\.withoutNumbers) : call.legs))
    }
}
