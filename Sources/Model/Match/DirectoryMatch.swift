/// Whom a number belongs to, and why.
package enum DirectoryMatch: Sendable, Hashable {
    case found(RowReference, Reason)
    /// So many entries carry it and no rule tells them apart: nobody is linked.
    case ambiguous(Int, isLocalForm: Bool)
    case nobody(Nobody)

    package enum How: Sendable, Hashable {
        /// No other entry carries the number.
        case only
        /// An administrator chose.
        case decided
        case rule(MatchRule)
    }

    package struct Reason: Sendable, Hashable {
        package var how: How
        /// Told by a number without its country: less sure.
        package var isLocalForm: Bool

        package init(_ how: How, isLocalForm: Bool = false) {
            self.how = how
            self.isLocalForm = isLocalForm
        }
    }

    /// Why nobody is linked. The names are stable.
    package enum Nobody: String, Sendable, Hashable, CaseIterable {
        /// The number is withheld, or none.
        case noNumber = "no_number"
        /// It belongs to the organisation itself.
        case ownNumber = "own_number"
        /// Nobody in the directory carries it.
        case unknown
        case decided = "decided_nobody"
    }

    package var row: RowReference? {
        if case .found(let row, _) = self { return row }
        return nil
    }

    /// What `match_rule` keeps, in `hub.call` and `hub.callback`.
    package var code: String {
        switch self {
        case .found(_, let reason): reason.code
        case .ambiguous(_, let isLocalForm): isLocalForm ? "local_ambiguous" : "ambiguous"
        case .nobody(let why): why.rawValue
        }
    }

    package var isAmbiguous: Bool {
        if case .ambiguous = self { return true }
        return false
    }
}

extension DirectoryMatch.Reason {
    var code: String {
        let rule =
            switch how {
            case .only: "only_entry"
            case .decided: "decided"
            case .rule(let rule): rule.rawValue
            }
        return isLocalForm ? "local_" + rule : rule
    }
}

extension DirectoryMatch {
    /// What a code of `match_rule` means, as a half sentence.
    package static func sentence(code: String) -> String {
        if let rest = code.droppingPrefix("local_") {
            return sentence(code: rest) + " (told by a number that stands without its country)"
        }
        if let rule = MatchRule(rawValue: code) { return rule.sentence }
        if let why = Nobody(rawValue: code) { return why.sentence }
        switch code {
        case "only_entry": return "nobody else has this number"
        case "decided": return "an administrator chose it for this number"
        case "ambiguous": return "several have this number and no rule tells them apart; see `trunkline matches`"
        case "dynamics": return "Dynamics was asked, because the directory was not complete yet"
        case "dynamics_ambiguous":
            return "several have this number; Dynamics was asked, because the directory was not complete yet"
        case "off": return "RegardingLookup is off"
        case "gone": return "the record that was found is gone from Dynamics"
        default: return code
        }
    }
}

extension DirectoryMatch.Nobody {
    var sentence: String {
        switch self {
        case .noNumber: "the caller's number is withheld or can't be read"
        case .ownNumber: "the number belongs to the organisation itself"
        case .unknown: "nobody in the directory has this number"
        case .decided: "an administrator decided that this number is nobody's"
        }
    }
}

extension String {
    fileprivate func droppingPrefix(_ prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
