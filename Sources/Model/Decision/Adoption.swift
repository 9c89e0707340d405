public import FoundationEssentials

/// A phone call in Dynamics that the agent's own client may have made for a call.
public struct AdoptionCandidate: Sendable, Hashable {
    public var activityID: UUID
    public var number: PhoneNumber
    public var direction: Direction
    public var ownerID: UUID?
    public var startedAt: Date

    public init(activityID: UUID, number: PhoneNumber, direction: Direction, ownerID: UUID?, startedAt: Date) {
        self.activityID = activityID
        self.number = number
        self.direction = direction
        self.ownerID = ownerID
        self.startedAt = startedAt
    }
}

/// Finds the phone calls that stand already, so that no call is there twice.
public struct Adoption: Sendable {
    private var free: [AdoptionCandidate]
    private let margin: Double

    /// - Parameter margin: CallStartMargin in seconds; to both sides, both ends included.
    public init(_ candidates: [AdoptionCandidate], margin: Int) {
        free = candidates
        self.margin = Double(margin)
    }

    /// Takes the candidate for a call: same other party, same direction, same owner, start within the margin; of several the nearest. What is taken
    /// is gone, so two calls never get the same one.
    public mutating func take(facts: CallFacts, owner: Owner) -> AdoptionCandidate? {
        guard let start = facts.startedAt, let ownerID = owner.systemUserID else { return nil }
        func distance(_ candidate: AdoptionCandidate) -> Double { abs(candidate.startedAt.timeIntervalSince(start)) }
        let fitting = free.indices.filter { index in
            let candidate = free[index]
            return candidate.ownerID == ownerID && candidate.direction == facts.direction && distance(candidate) <= margin
                && candidate.number.isSame(as: facts.other)
        }
        let nearest = fitting.min {
            (distance(free[$0]), free[$0].activityID.lowercase) < (distance(free[$1]), free[$1].activityID.lowercase)
        }
        return nearest.map { free.remove(at: $0) }
    }
}

extension PhoneNumber {
    /// Whether both are the same number: by E.164 where both have it, else letter by letter. Withheld numbers are never the same.
    func isSame(as other: PhoneNumber) -> Bool {
        if let mine = e164, let theirs = other.e164 { return mine == theirs }
        return !raw.isEmpty && raw == other.raw
    }
}
