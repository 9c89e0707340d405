public import FoundationEssentials

/// Who gets the phone call, and by which rule.
public struct Owner: Sendable, Hashable {
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// The Dynamics user that carries the Enreach user's id.
        case enreachID = "enreach_id"
        /// The Dynamics user whose mobile number is the tenant's side of the call.
        case mobileNumber = "mobile_number"
        /// DefaultCrmAssignee, read as an Enreach user id.
        case defaultEnreachID = "default_enreach_id"
        /// DefaultCrmAssignee, read as the id of a Dynamics user.
        case defaultSystemUser = "default_system_user"
        /// Nobody was found: the application user keeps it.
        case none
    }

    /// Nil: the application user.
    public let systemUserID: UUID?
    public let name: String?
    public let rule: Rule

    public init(systemUserID: UUID?, name: String?, rule: Rule) {
        self.systemUserID = systemUserID
        self.name = name
        self.rule = rule
    }

    /// The owner of a call. Disabled people get nothing new.
    public static func find(for facts: CallFacts, settings: Settings, people: People) -> Owner {
        if let id = facts.userID, let person = people.person(enreachID: id) { return Owner(person, .enreachID) }
        if let person = people.person(mobile: facts.own) { return Owner(person, .mobileNumber) }
        guard let id = UUID(uuidString: settings.defaultCrmAssignee) else {
            return Owner(systemUserID: nil, name: nil, rule: .none)
        }
        if let person = people.person(enreachID: id) { return Owner(person, .defaultEnreachID) }
        let person = people.person(systemUserID: id)
        if let person, person.isDisabled { return Owner(systemUserID: nil, name: nil, rule: .none) }
        return Owner(systemUserID: id, name: person?.name, rule: .defaultSystemUser)
    }

    private init(_ person: Person, _ rule: Rule) {
        self.init(systemUserID: person.systemUserID, name: person.name, rule: rule)
    }
}
