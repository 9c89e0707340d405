import Dynamics
import FoundationEssentials
import Model

/// A callback profile as it stands in Dynamics.
struct ProfileRow: Sendable, Hashable {
    var id: UUID
    var name: String
    var listID: UUID?
    var listName: String?
    var queueID: UUID?
    var ownership: OwnershipRule?
    var subject: String?
    var duplicates: DuplicateHandlingRule?
    var method: SynchronizationMethod?
    var ageUnit: AgeTimeUnit?
    var age: Int?
    var isEnabled: Bool
    var changedBy: String?

    /// Why nothing can be done by it, one line; nil when it can.
    var problem: String? {
        if listID == nil { return "names no callback list: choose Callback List, or fill Callback List Id" }
        if queueID == nil { return "names no queue: choose Queue" }
        if ownership == nil { return "has no Ownership Rule: choose API User or Owner of Queue" }
        if duplicates == nil { return "has no Duplicate Handling Rule: choose Bundle calls or Ignore additional calls" }
        guard let method else { return "has no Synchronization method: choose one" }
        if method.polls, ageUnit == nil || (age ?? 0) < 1 {
            return "needs Age Time Unit and Callback Age with \(method.label)"
        }
        return nil
    }
}

extension ProfileRow {
    /// Nil: the row has no id.
    init?(_ row: ODataRow, names: Settings.Solution) {
        guard let id = row.guid(names.profileTable + "id") else { return nil }
        let base = names.optionBase
        let list = "_\(names.profileList)_value"
        self.init(
            id: id, name: (row.string(names.profileName) ?? "").tidied(toUTF16: 200),
            listID: row.guid(list) ?? row.string(names.profileListID).flatMap { UUID(uuidString: $0.tidied(toUTF16: 40)) },
            listName: row.string(list + "@OData.Community.Display.V1.FormattedValue"),
            queueID: row.guid("_\(names.profileQueue)_value"),
            ownership: row.int(names.profileOwnership).flatMap { OwnershipRule(optionValue: $0, base: base) },
            subject: row.string(names.profileSubject).flatMap { $0.isEmpty ? nil : $0 },
            duplicates: row.int(names.profileDuplicates).flatMap { DuplicateHandlingRule(optionValue: $0, base: base) },
            method: row.int(names.profileMethod).flatMap { SynchronizationMethod(optionValue: $0, base: base) },
            ageUnit: row.int(names.profileAgeUnit).flatMap { AgeTimeUnit(optionValue: $0, base: base) },
            age: row.int(names.profileAge), isEnabled: row.int("statecode") ?? 0 == 0, changedBy: row.changedBy)
    }
}
