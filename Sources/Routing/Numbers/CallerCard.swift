package import Foundation
package import Model

/// All that is stored about a number, and what comes of it: the one place where the index in memory and the one in the database get their facts from.
package struct CallerCard: Sendable, Hashable {
    package var candidates: [Candidate]
    package var row: NumberRow?
    package var ruling: CallerChoice.Ruling?
    package var match: CallerFacts.Match
    package var policy: MatchPolicy

    package init(
        candidates: [Candidate] = [], row: NumberRow? = nil, ruling: CallerChoice.Ruling? = nil,
        match: CallerFacts.Match = .exact,
        policy: MatchPolicy = MatchPolicy()
    ) {
        self.candidates = candidates
        self.row = row
        self.ruling = ruling
        self.match = match
        self.policy = policy
    }

    /// Nothing is stored about the number.
    var isBlank: Bool { candidates.isEmpty && row == nil && ruling == nil }
    /// Nobody, because an administrator said so.
    var isNobody: Bool { ruling == .nobody }

    /// The facts, and whose number the owner's is.
    func facts() -> (facts: CallerFacts, owner: NumberWords.Person?) {
        var facts = CallerFacts()
        var owner: NumberWords.Person?
        switch CallerChoice.among(candidates, ruling: ruling, policy: policy) {
        case .one(let candidate):
            facts.match = match
            facts.kind = candidate.kind
            facts.segment = candidate.segment
            facts.language = candidate.language
            owner = candidate.entry.ownerID.map { .user($0) }
        case .ambiguous:
            facts.match = match
            facts.isAmbiguous = true
        case .nobody: break
        case .unknown:
            if let kind = row?.kind { (facts.kind, facts.match) = (kind, .exact) }
        }
        guard let row else { return (facts, owner) }
        facts.isBlocked = row.isBlocked
        facts.hasOpenCase = row.hasOpenCase
        facts.hasOpenCallback = row.hasOpenCallback
        facts.segment = row.segment ?? facts.segment
        facts.language = row.language ?? facts.language
        facts.queue = row.queue
        facts.agent = row.agent
        facts.agentDay = row.agent == nil ? nil : row.agentDay
        return (facts, row.owner.map { .number($0) } ?? owner)
    }

    /// The facts with the owner's number looked up.
    package func facts(people: [UUID: E164]) -> CallerFacts {
        var (facts, owner) = facts()
        switch owner {
        case .user(let id): facts.owner = people[id]
        case .number(let number): facts.owner = number
        case nil: break
        }
        return facts
    }
}
