import Model

/// A table of Dynamics that the directory is made from.
package enum DirectoryTable: String, Sendable, Hashable, CaseIterable {
    case contact, account, lead

    var set: String { rawValue + "s" }
    var key: String { rawValue + "id" }
    var nameColumn: String { self == .account ? "name" : "fullname" }
    var accountColumn: String? { self == .contact ? "_parentcustomerid_value" : nil }

    func numberColumns(_ settings: Settings) -> [String] {
        switch self {
        case .contact: settings.contactNumberColumns
        case .account: settings.accountNumberColumns
        case .lead: settings.leadNumberColumns
        }
    }

    /// Those the tenant wants.
    static func wanted(_ settings: Settings) -> Set<DirectoryTable> {
        Set(settings.directoryTables.compactMap { DirectoryTable(rawValue: $0.lowercased()) })
    }
}

/// The columns that are read of a table.
struct DirectoryColumns: Sendable, Hashable {
    let table: DirectoryTable
    let numbers: [String]
    let segment: String?
    let language: String?
    let region: String?

    init(_ table: DirectoryTable, settings: Settings, region: String?) {
        self.table = table
        self.region = region
        var seen: Set<String> = []
        numbers = table.numberColumns(settings).map { $0.lowercased() }.filter { seen.insert($0).inserted }
        segment = Self.column(settings.directorySegmentColumns, table)
        language = Self.column(settings.directoryLanguageColumns, table)
    }

    /// What to ask Dynamics for.
    var select: [String] {
        let fixed = [
            table.key, table.nameColumn, "statecode", "_ownerid_value", table.accountColumn, "merged", "_masterid_value",
        ]
        var seen: Set<String> = []
        return (fixed + numbers + [segment, language]).compactMap(\.self).filter { seen.insert($0).inserted }
    }

    /// Differs when what was read under another one has to be read anew.
    var fingerprint: String {
        "\(numbers.joined(separator: ",")); segment \(segment ?? "-"); language \(language ?? "-"); region \(region ?? "-")"
    }

    /// `table.column` for this table, else a column without a table.
    private static func column(_ names: [String], _ table: DirectoryTable) -> String? {
        let split = names.map { $0.lowercased().split(separator: ".", maxSplits: 1).map(String.init) }
        return split.first { $0.count == 2 && $0[0] == table.rawValue }?[1] ?? split.first { $0.count == 1 }?[0]
    }
}
