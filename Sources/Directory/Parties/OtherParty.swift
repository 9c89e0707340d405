import FoundationEssentials
package import Model

/// Who the other party of a call or callback request is in Dynamics, and how that was told.
package struct OtherParty: Sendable, Hashable {
    package var regarding: Regarding
    /// What `match_rule` keeps, in `hub.call` and `hub.callback`.
    package var rule: String

    /// The record that was found turned out to be gone.
    package static let gone = OtherParty(regarding: .unknown, rule: "gone")
    package static let notAsked = OtherParty(regarding: .unknown, rule: "off")

    package init(regarding: Regarding, rule: String) {
        self.regarding = regarding
        self.rule = rule
    }

    /// By the directory.
    package init(_ match: DirectoryMatch) {
        rule = match.code
        switch match {
        case .found(let row, _): regarding = .found(row)
        case .ambiguous(let count, _): regarding = .ambiguous(count)
        case .nobody: regarding = .unknown
        }
    }

    /// By what Dynamics itself answered.
    package init(asked regarding: Regarding) {
        self.regarding = regarding
        switch regarding {
        case .found: rule = "dynamics"
        case .ambiguous: rule = "dynamics_ambiguous"
        case .unknown: rule = DirectoryMatch.Nobody.unknown.rawValue
        }
    }

    /// Whether the link itself says that they spoke with each other. A choice by the last interaction must not feed itself.
    package var tellsInteraction: Bool { !rule.hasSuffix(MatchRule.lastInteraction.rawValue) }
}

extension OtherParty {
    /// Notes in a story whom it is with, and by which rule.
    package func describe(in json: inout JSONText) {
        json.member("match", rule)
        switch regarding {
        case .found(let row): json.member("regarding", "\(row.table.rawValue)/\(row.id.lowercase)")
        case .ambiguous(let count): json.member("regarding_ambiguous", count)
        case .unknown: break
        }
    }
}
