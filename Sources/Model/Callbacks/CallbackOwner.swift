package import FoundationEssentials

/// A queue of Dynamics, as far as it decides who owns what is put into it.
package struct CallbackQueue: Sendable, Hashable {
    package enum OwnerTable: String, Sendable, Hashable { case systemUser = "systemuser", team }

    package var name: String?
    /// Nil: nobody.
    package var ownerID: UUID?
    package var ownerTable: OwnerTable
    package var ownerIsDisabled: Bool

    package init(name: String?, ownerID: UUID?, ownerTable: OwnerTable = .systemUser, ownerIsDisabled: Bool = false) {
        self.name = name
        self.ownerID = ownerID
        self.ownerTable = ownerTable
        self.ownerIsDisabled = ownerIsDisabled
    }
}

/// Who gets the phone call of a request, and by which rule.
package struct CallbackOwner: Sendable, Hashable {
    package enum Rule: String, Sendable, Hashable, CaseIterable {
        case apiUser = "api_user"
        case queueOwner = "queue_owner"
        /// The queue has no owner: DefaultCrmAssignee, else the application user.
        case queueWithoutOwner = "queue_without_owner"
        /// The queue's owner is disabled: as before.
        case queueOwnerDisabled = "queue_owner_disabled"
        /// Dynamics would not give it to that owner: the application user keeps it.
        case ownerRefused = "owner_refused"
    }

    /// Nil: the application user.
    package let id: UUID?
    package let table: CallbackQueue.OwnerTable
    package let rule: Rule

    package init(id: UUID?, table: CallbackQueue.OwnerTable = .systemUser, rule: Rule) {
        self.id = id
        self.table = table
        self.rule = rule
    }

    package static func find(
        _ profile: CallbackProfile, queue: CallbackQueue?, settings: Settings, people: People
    ) -> CallbackOwner {
        guard profile.ownership == .queueOwner else { return CallbackOwner(id: nil, rule: .apiUser) }
        guard let queue, let owner = queue.ownerID else { return fallback(.queueWithoutOwner, settings, people) }
        if queue.ownerIsDisabled { return fallback(.queueOwnerDisabled, settings, people) }
        return CallbackOwner(id: owner, table: queue.ownerTable, rule: .queueOwner)
    }

    /// DefaultCrmAssignee as for calls, when it leads to somebody known who is not disabled.
    private static func fallback(_ rule: Rule, _ settings: Settings, _ people: People) -> CallbackOwner {
        guard let id = UUID(uuidString: settings.defaultCrmAssignee) else { return CallbackOwner(id: nil, rule: rule) }
        let person = people.person(enreachID: id) ?? people.person(systemUserID: id)
        guard let person, !person.isDisabled else { return CallbackOwner(id: nil, rule: rule) }
        return CallbackOwner(id: person.systemUserID, rule: rule)
    }
}
