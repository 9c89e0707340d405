import Foundation
import Model

/// What the application user needs to be allowed to do with a table of Dynamics, for rows of the whole organisation.
struct DynamicsRight: Sendable, Hashable {
    enum Verb: String, Sendable, CaseIterable {
        case create = "Create"
        case read = "Read"
        case write = "Write"
        case delete = "Delete"
        case append = "Append"
        case appendTo = "AppendTo"
        case assign = "Assign"
    }

    /// The table's logical name.
    var table: String
    /// What privileges call it.
    var noun: String
    var verbs: [Verb]

    init(_ table: String, _ noun: String, _ verbs: [Verb]) {
        self.table = table
        self.noun = noun
        self.verbs = verbs
    }

    func privilege(_ verb: Verb) -> String { "prv\(verb.rawValue)\(noun)" }

    var privileges: [String] { verbs.map(privilege) }

    /// `Contact: Read, AppendTo`
    var text: String { "\(noun): \(verbs.map(\.rawValue).joined(separator: ", "))" }

    /// The rights to tables of rows that a tenant's work takes; docs/dynamics.md says what each is for.
    static func wanted(by tenant: VendorTenant) -> [DynamicsRight] {
        let settings = tenant.settings
        var rights = [
            DynamicsRight("phonecall", "Activity", Verb.allCases),
            DynamicsRight("systemuser", "User", [.read, .write, .appendTo]),
            DynamicsRight("organization", "Organization", [.read]),
        ]
        rights += settings.directoryTables.map { DynamicsRight($0, $0.capitalized, [.read, .appendTo]) }
        if tenant.takesCallbacks { rights.append(DynamicsRight("queue", "Queue", [.read, .appendTo])) }
        if tenant.asksForQueueOwners { rights.append(DynamicsRight("team", "Team", [.read, .appendTo])) }
        // The solution's schema names are its logical names.
        rights += [settings.solution.profileTable, settings.solution.settingTable].map { DynamicsRight($0, $0, [.read]) }
        return rights
    }
}
