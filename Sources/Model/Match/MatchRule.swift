import FoundationEssentials

/// A rule that narrows several entries with one number down. The names are stable: MatchRules lists them, `match_rule` in `hub.call` and
/// `hub.callback` keeps them.
package enum MatchRule: String, Sendable, Hashable, CaseIterable {
    /// Columns for somebody else's number (assistant, manager, company) come after a person's own.
    case ownField = "own_field"
    case ownerIsAgent = "owner_is_agent"
    case openActivity = "open_activity"
    /// A number of one account and of several of its people, or of people with extensions, is the account's.
    case switchboard
    case lastInteraction = "last_interaction"
    case contactBeforeAccount = "contact_before_account"
    case customerBeforeLead = "customer_before_lead"

    package var sentence: String {
        switch self {
        case .ownField: "for the others it is an assistant's, manager's or company's number"
        case .ownerIsAgent: "of those with this number it is the only one owned by the agent"
        case .openActivity: "of those with this number it is the only one with an open callback"
        case .switchboard: "several people share this number of their company"
        case .lastInteraction: "of those with this number it was spoken with last"
        case .contactBeforeAccount: "a person and a company have this number, and people come first"
        case .customerBeforeLead: "a customer and leads have this number, and customers come first"
        }
    }

    /// Those of the candidates that the rule speaks for; none when it has nothing to say.
    func select(_ candidates: [DirectoryCandidate], agent: UUID?) -> [DirectoryCandidate] {
        switch self {
        case .ownField: candidates.filter { !Self.foreignFields.contains($0.field) }
        case .ownerIsAgent: agent.map { agent in candidates.filter { $0.ownerID == agent } } ?? []
        case .openActivity: candidates.filter(\.isOpen)
        case .switchboard: Self.switchboard(candidates)
        case .lastInteraction:
            candidates.compactMap(\.lastInteraction).max().map { latest in candidates.filter { $0.lastInteraction == latest } }
                ?? []
        case .contactBeforeAccount:
            candidates.contains { $0.row.table == .contact } ? candidates.filter { $0.row.table != .account } : []
        case .customerBeforeLead: candidates.filter { $0.row.table != .lead }
        }
    }

    private static let foreignFields: Set<String> = ["assistantphone", "managerphone", "company", "callback"]

    private static func switchboard(_ candidates: [DirectoryCandidate]) -> [DirectoryCandidate] {
        let accounts = candidates.filter { $0.row.table == .account }
        let contacts = candidates.filter { $0.row.table == .contact }
        guard Set(accounts.map(\.row.id)).count == 1 else { return [] }
        let isShared = Set(contacts.map(\.row.id)).count > 1 || contacts.contains(where: \.hasExtension)
        return isShared ? accounts : []
    }
}
