/// What follows for the hub from the rows of Dynamics' table of settings.
public struct DynamicsSettings: Sendable, Hashable {
    /// A row with a value.
    public struct Row: Sendable, Hashable {
        public var name: String
        public var value: String
        public var changedBy: String?

        public init(name: String, value: String, changedBy: String? = nil) {
            self.name = name
            self.value = value
            self.changedBy = changedBy
        }
    }

    /// A row as the hub keeps it.
    public struct Kept: Sendable, Hashable {
        public var row: Row
        /// The hub's own value that it took the place of; nil for the default.
        public var replaced: String?
        /// Why it can't be taken; nil: it is in force.
        public var problem: String?

        public init(row: Row, replaced: String?, problem: String?) {
            self.row = row
            self.replaced = replaced
            self.problem = problem
        }
    }

    /// A new version of a setting of the hub.
    public struct Change: Sendable, Hashable {
        public let name: String
        /// Nil: back to the default.
        public let value: String?
        public let changedBy: String?
        public let note: String
    }

    public let kept: [Kept]
    public let changes: [Change]

    /// - Parameters:
    ///   - rows: what stands in Dynamics; rows without a value leave the setting to the hub.
    ///   - before: what stood there when it was last read.
    ///   - stored: the hub's settings that differ from their defaults, as text by name.
    public init(_ rows: [Row], before: [Kept], stored: [String: String]) {
        let earlier = Dictionary(before.map { ($0.row.name, $0) }) { first, _ in first }
        var kept: [Kept] = []
        var changes: [Change] = []
        var seen: Set<String> = []
        for row in rows where !row.value.trimmingBlanks().isEmpty {
            var row = row
            let problem: String?
            do {
                let definition = try Self.definition(of: row)
                row.name = definition.name
                problem = nil
            } catch {
                problem = "\(error)"
            }
            // A second row of a name says nothing about which is meant; the key of the table keeps them away.
            guard seen.insert(row.name).inserted else { continue }
            let own = earlier[row.name]
            let inForce = own.map { $0.problem == nil } ?? false
            let replaced = inForce ? own?.replaced : stored[row.name]
            kept.append(Kept(row: row, replaced: replaced, problem: problem))
            if problem == nil, stored[row.name] != row.value {
                changes.append(
                    Change(name: row.name, value: row.value, changedBy: row.changedBy, note: "as it stands in Dynamics"))
            }
        }
        let inForce = Set(kept.filter { $0.problem == nil }.map(\.row.name))
        for old in before where old.problem == nil && !inForce.contains(old.row.name) && stored[old.row.name] != old.replaced {
            changes.append(
                Change(name: old.row.name, value: old.replaced, changedBy: nil, note: "no longer set in Dynamics"))
        }
        self.kept = kept
        self.changes = changes
    }

    /// The setting, if its value can be taken. Names of the solution itself are not changed from inside it.
    private static func definition(of row: Row) throws -> SettingDefinition {
        let definition = try Settings.definition(named: row.name)
        guard definition.group != .solution, !definition.followsPrefix else {
            throw SettingError(name: definition.name, remedy: "it is set in the hub only, with `trunkline settings set`")
        }
        _ = try definition.parse(row.value)
        return definition
    }
}
