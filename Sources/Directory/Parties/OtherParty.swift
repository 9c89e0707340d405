import Directory
import FoundationEssentials
import Model

/// Who the other party of a call is in Dynamics, and how that was told.
struct OtherParty: Sendable, Hashable {
    var regarding: Regarding
    /// What `hub.call.match_rule` keeps.
    var rule: String

    /// The record that was found turned out to be gone.
    static let gone = OtherParty(regarding: .unknown, rule: "gone")
    static let notAsked = OtherParty(regarding: .unknown, rule: "off")

    init(regarding: Regarding, rule: String) {
        self.regarding = regarding
        self.rule = rule
    }

    /// By the directory.
    init(_ match: DirectoryMatch) {
        rule = match.code
        switch match {
        case .found(let row, _): regarding = .found(row)
        case .ambiguous(let count, _): regarding = .ambiguous(count)
        case .nobody: regarding = .unknown
        }
    }

    /// By what Dynamics itself answered.
    init(asked regarding: Regarding) {
        self.regarding = regarding
        switch regarding {
        case .found: rule = "dynamics"
        case .ambiguous: rule = "dynamics_ambiguous"
        case .unknown: rule = DirectoryMatch.Nobody.unknown.rawValue
        }
    }

    /// Whether the link itself says that they spoke with each other. A choice by the last interaction must not feed itself.
    var tellsInteraction: Bool { !rule.hasSuffix(MatchRule.lastInteraction.rawValue) }
}

/// What is known of the numbers of a batch of calls.
enum PartyKnowledge: Sendable {
    /// RegardingLookup is off.
    case off
    /// The directory is not complete yet: Dynamics is asked.
    case askDynamics
    case directory(DirectoryFindings, MatchPolicy)

    var asksDynamics: Bool {
        if case .askDynamics = self { return true }
        return false
    }
}
