/// A right by its name, such as `prvCreateActivity`.
struct Privilege: Hashable {
    enum Verb: String, CaseIterable { case create, read, write, delete, append, appendTo, assign }

    var name: String

    init(_ verb: Verb, _ table: String) {
        let word =
            switch verb {
            case .create: "Create"
            case .read: "Read"
            case .write: "Write"
            case .delete: "Delete"
            case .append: "Append"
            case .appendTo: "AppendTo"
            case .assign: "Assign"
            }
        name = "prv\(word)\(table)"
    }

    init(name: String) {
        self.name = name
    }

    /// The privilege a message on a table takes. Rights to queue items come from the queue.
    init(_ verb: Verb, on table: TableDefinition) {
        guard table.logicalName == "queueitem" else {
            self.init(verb, table.privilege)
            return
        }
        self.init(verb == .read || verb == .append ? .read : .appendTo, "Queue")
    }

    static let actOnBehalf = Privilege(name: "prvActOnBehalfOfAnotherUser")
}

/// Rights as switches: everybody may do everything but what is taken away.
struct Roles {
    /// Users without any role: 0x80042f09.
    var withoutRoles: Set<Guid> = []
    /// Privileges taken from everybody.
    var missing: Set<String> = []
    /// Privileges that everybody has for the rows of the own business unit alone, by what the environment tells; requests are let through.
    var local: Set<String> = []
    /// Users and teams that cannot be given rows: 0x80040231.
    var cannotOwn: Set<Guid> = []

    var isEmpty: Bool { withoutRoles.isEmpty && missing.isEmpty && cannotOwn.isEmpty }

    func require(_ privilege: @autoclosure () -> Privilege, of user: Guid, table: TableDefinition) throws(WebError) {
        if missing.isEmpty { return }
        let privilege = privilege()
        guard missing.contains(privilege.name) else { return }
        let entity = table.isActivity || table.logicalName == "activityparty" ? "activitypointer" : table.logicalName
        let code = table.isActivity ? 4200 : table.typeCode
        throw WebError(
            403, "0x80040220",
            "Principal user (Id=\(user), type=8, roleCount=1, privilegeCount=100, accessMode=4 Non-interactive) is missing "
                + "\(privilege.name) privilege (Id=00000000-0000-0000-0000-000000000000) on OTC=\(code) for entity '\(entity)' "
                + "(LocalizedName='\(table.schemaName)'). context.Caller=\(user).")
    }

    func requireOwnable(_ owner: Guid) throws(WebError) {
        guard cannotOwn.contains(owner) else { return }
        throw WebError(
            403, "0x80040231",
            "The target user or team (Id=\(owner)) lacks the privileges required to own this record.")
    }
}
