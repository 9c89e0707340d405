import Dynamics
import FoundationEssentials
import Model

extension DynamicsProfiles.Row {
    /// A row of Dynamics' table of callback profiles. Nil: it has no id.
    ///
    /// Columns that say nothing, or something that the hub does not know, are told in words of the form they stand on.
    init?(_ row: ODataRow, names: Settings.Solution) {
        guard let id = row.guid(names.profileTable + "id") else { return nil }
        let list = "_\(names.profileList)_value"
        var profile = CallbackProfile(
            id: id, name: (row.string(names.profileName) ?? "").tidied(toUTF16: 200), listID: row.guid(list),
            listName: row.string(list + "@OData.Community.Display.V1.FormattedValue"),
            queueID: row.guid("_\(names.profileQueue)_value"),
            subject: row.string(names.profileSubject).flatMap { $0.isEmpty ? nil : $0 }, ageUnit: nil,
            age: row.int(names.profileAge), isEnabled: row.int("statecode") ?? 0 == 0, madeAt: row.date("createdon") ?? Date())
        if profile.name.isEmpty { profile.name = id.lowercase }
        if profile.listID == nil, let text = row.string(names.profileListID)?.tidied(toUTF16: 40), !text.isEmpty {
            profile.listID = UUID(uuidString: text)
            if profile.listID == nil { profile.unreadable.append("Callback List Id: '\(text)' is no id (a GUID).") }
        }
        let base = names.optionBase
        profile.take(row.int(names.profileOwnership), base, "Ownership Rule", into: \.ownership)
        profile.take(row.int(names.profileDuplicates), base, "Duplicate Handling Rule", into: \.duplicates)
        profile.take(row.int(names.profileMethod), base, "Synchronization method", into: \.method)
        if profile.method.polls {
            if let unit = row.int(names.profileAgeUnit) {
                var read = AgeTimeUnit.days
                profile.take(unit, base, "Age Time Unit", read: &read)
                profile.ageUnit = read
            }
        } else {
            profile.age = nil
        }
        self.init(profile, changedBy: row.changedBy)
    }
}

extension CallbackProfile {
    /// Reads a choice that must have been made.
    fileprivate mutating func take<Choice: GuideChoice>(
        _ option: Int?, _ base: Int, _ column: String, into path: WritableKeyPath<CallbackProfile, Choice>
    ) {
        var choice = self[keyPath: path]
        take(option, base, column, read: &choice)
        self[keyPath: path] = choice
    }

    fileprivate mutating func take<Choice: GuideChoice>(_ option: Int?, _ base: Int, _ column: String, read choice: inout Choice)
    {
        let labels = Choice.allCases.map(\.label).joined(separator: ", ")
        guard let option else { return unreadable.append("\(column) is empty: choose one of \(labels).") }
        guard let known = Choice(optionValue: option, base: base) else {
            return unreadable.append("\(column) has the option \(option), which is none of the hub's: choose one of \(labels).")
        }
        choice = known
    }
}
