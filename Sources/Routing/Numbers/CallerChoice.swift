package import Foundation

/// A record of the directory that carries a number.
package struct Candidate: Sendable, Hashable {
    package var entry: UUID
    package var kind: CallerFacts.Kind
    /// Parent account of a contact.
    package var account: UUID?
    package var owner: UUID?
    package var segment: String?
    package var language: String?

    package init(
        entry: UUID, kind: CallerFacts.Kind, account: UUID? = nil, owner: UUID? = nil, segment: String? = nil,
        language: String? = nil
    ) {
        self.entry = entry
        self.kind = kind
        self.account = account
        self.owner = owner
        self.segment = segment
        self.language = language
    }
}

/// Which of several records a number stands for, where rules can tell: the rules of the directory that don't depend on who answers.
package enum CallerChoice: Sendable, Hashable {
    case one(Candidate)
    /// Nobody, by an administrator's decision.
    case nobody
    case ambiguous

    /// What an administrator decided for a number: a record, or nobody.
    package enum Ruling: Sendable, Hashable {
        case entry(UUID)
        case nobody
    }

    /// - Parameter candidates: not empty; one record may stand there several times, with several columns.
    package static func among(_ candidates: [Candidate], ruling: Ruling? = nil) -> CallerChoice {
        switch ruling {
        case .nobody: return .nobody
        case .entry(let entry): if let chosen = candidates.first(where: { $0.entry == entry }) { return .one(chosen) }
        case nil: break
        }
        var distinct: [UUID: Candidate] = [:]
        for candidate in candidates { distinct[candidate.entry] = candidate }
        if distinct.count == 1, let only = distinct.values.first { return .one(only) }
        let others = distinct.values
        // A switchboard: the account, and people who all belong to it.
        if let account = others.first(where: { $0.kind == .account }),
            others.allSatisfy({ $0.entry == account.entry || ($0.kind == .contact && $0.account == account.entry) })
        {
            return .one(account)
        }
        // A customer who is kept as a lead, too.
        let customers = others.filter { $0.kind != .lead }
        if customers.count == 1, let customer = customers.first { return .one(customer) }
        return .ambiguous
    }
}
