/// A table: names, columns, states, and the ways to other tables.
final class TableDefinition {
    enum Ownership { case user, businessUnit, organization, none }

    struct SingleNavigation {
        var column: Int
        /// Nil where the name fits several tables (`ownerid`): the bound URL tells which.
        var target: TableIndex?
    }

    struct CollectionNavigation {
        var table: TableIndex
        /// The lookup of that table which points back.
        var column: Int
    }

    let logicalName: String
    /// As errors name it: `PhoneCall`.
    let schemaName: String
    let setName: String
    let typeCode: Int64
    let ownership: Ownership
    var states: [StateDefinition]
    /// The part of privilege names: `prvCreate` + `Activity`.
    let privilege: String
    let isActivity: Bool
    let primaryName: String
    var keys: [AlternateKey] = []
    /// Text columns no two rows may share a value of; unlike a key they tell it as a duplicate row.
    var uniqueColumns: [String] = []
    /// Takes CreateMultiple, UpdateMultiple and UpsertMultiple.
    var takesBulkMessages: Bool
    var tracksChanges: Bool
    /// Delta tokens of earlier row versions have expired.
    var tokensFrom: Int64 = 0

    // What only the metadata shows.
    /// Of tables made through the Web API.
    var customID: Guid?
    var isCustom: Bool { customID != nil }
    var metadataID: Guid { customID ?? Guid(naming: "table/\(logicalName)") }
    /// Its rows live with somebody else.
    var isVirtual = false
    fileprivate(set) var isDropped = false
    /// Members as they were sent.
    var facets = JSONObject()
    /// When it was made, in the clock's elapsed seconds.
    var since = 0.0

    fileprivate(set) var index = TableIndex(rawValue: 0)
    private(set) var columns: [ColumnDefinition]
    private(set) var columnsByName: [String: Int] = [:]
    /// By every name a query may use: logical name and `_name_value`.
    private(set) var columnsByProperty: [String: Int] = [:]
    fileprivate(set) var singleNavigations: [String: SingleNavigation] = [:]
    fileprivate(set) var collectionNavigations: [String: CollectionNavigation] = [:]
    private(set) var preparedNames: [[UInt8]] = []

    init(
        _ logicalName: String, _ schemaName: String, set setName: String, key: String, name: String, typeCode: Int64,
        ownership: Ownership = .user, states: [StateDefinition] = [], privilege: String? = nil, isActivity: Bool = false,
        columns: [ColumnDefinition], isBare: Bool = false
    ) {
        self.logicalName = logicalName
        self.schemaName = schemaName
        self.setName = setName
        self.typeCode = typeCode
        self.ownership = ownership
        self.states = states
        self.privilege = privilege ?? schemaName
        self.isActivity = isActivity
        self.primaryName = name
        takesBulkMessages = ["account", "contact", "lead"].contains(logicalName) || logicalName.contains("_")
        tracksChanges = TableDefinition.trackedFromTheStart.contains(logicalName)
        self.columns = []
        add(ColumnDefinition(key, .key, access: .create))
        for column in columns { add(column) }
        if isBare { return }
        for column in TableDefinition.systemColumns(ownership: ownership, states: !states.isEmpty) { add(column) }
    }

    /// Tables whose changes are tracked without anybody's asking.
    private static let trackedFromTheStart: Set<String> = ["account", "contact", "lead", "phonecall", "systemuser", "team"]

    /// The primary key is always the first column.
    var keyName: String { columns[0].name }

    func add(_ column: ColumnDefinition) {
        columnsByName[column.name] = columns.count
        columnsByProperty[column.name] = columns.count
        columnsByProperty[column.propertyName] = columns.count
        preparedNames.append(JSONWriter.prepared(name: column.propertyName))
        columns.append(column)
    }

    /// The keys whose index is built.
    var alternateKeys: [AlternateKey] { keys.filter { $0.status == .active } }

    /// Changes a column's definition; its name stays.
    func change(_ position: Int, _ body: (inout ColumnDefinition) throws(WebError) -> Void) throws(WebError) {
        try body(&columns[position])
    }

    /// Takes a column's names away; its place stays.
    fileprivate func drop(_ position: Int) {
        let column = columns[position]
        columns[position].isDropped = true
        columnsByName[column.name] = nil
        columnsByProperty[column.name] = nil
        columnsByProperty[column.propertyName] = nil
        singleNavigations = singleNavigations.filter { $0.value.column != position }
    }

    func column(_ name: String) -> Int? { columnsByName[name] }

    // Columns the platform itself fills.
    private(set) lazy var stateCode = column("statecode")
    private(set) lazy var statusCode = column("statuscode")
    private(set) lazy var createdOn = column("createdon")
    private(set) lazy var createdBy = column("createdby")
    private(set) lazy var createdOnBehalfBy = column("createdonbehalfby")
    private(set) lazy var modifiedOn = column("modifiedon")
    private(set) lazy var modifiedBy = column("modifiedby")
    private(set) lazy var modifiedOnBehalfBy = column("modifiedonbehalfby")
    private(set) lazy var overriddenCreatedOn = column("overriddencreatedon")
    private(set) lazy var owner = column("ownerid")
    private(set) lazy var owningUser = column("owninguser")
    private(set) lazy var owningTeam = column("owningteam")
    private(set) lazy var owningBusinessUnit = column("owningbusinessunit")
    private(set) lazy var nameColumn = column(primaryName)

    func state(_ value: Int64) -> StateDefinition? {
        states.first { $0.value == value }
    }

    func statusLabel(_ value: Int64) -> String? {
        for state in states {
            if let option = state.statuses.first(where: { $0.value == value }) { return option.label }
        }
        return nil
    }

    private static func systemColumns(ownership: Ownership, states: Bool) -> [ColumnDefinition] {
        var columns: [ColumnDefinition] = []
        if states {
            columns.append(ColumnDefinition("statecode", .state, access: .update))
            columns.append(ColumnDefinition("statuscode", .status))
        }
        columns += [
            ColumnDefinition("createdon", .dateTime, access: []),
            ColumnDefinition("createdby", .lookup(["systemuser"]), access: []),
            ColumnDefinition("modifiedon", .dateTime, access: []),
            ColumnDefinition("modifiedby", .lookup(["systemuser"]), access: []),
            ColumnDefinition("createdonbehalfby", .lookup(["systemuser"]), access: []),
            ColumnDefinition("modifiedonbehalfby", .lookup(["systemuser"]), access: []),
            ColumnDefinition("overriddencreatedon", .dateTime, access: .create),
            ColumnDefinition("importsequencenumber", .anyInteger, access: .create),
            ColumnDefinition("versionnumber", .rowVersion, access: []),
        ]
        if ownership == .user {
            columns += [
                ColumnDefinition("ownerid", .lookup(["systemuser", "team"])),
                ColumnDefinition("owninguser", .lookup(["systemuser"]), access: []),
                ColumnDefinition("owningteam", .lookup(["team"]), access: []),
                ColumnDefinition("owningbusinessunit", .lookup(["businessunit"]), access: []),
            ]
        }
        return columns
    }
}

/// All tables, and how they hang together.
final class Schema {
    private(set) var tables: [TableDefinition]
    private(set) var bySet: [String: TableDefinition]
    private(set) var byLogicalName: [String: TableDefinition]
    /// Global choices by name.
    var choiceSets: [String: ChoiceSet] = [:]
    var customRelationships: [Relationship] = []
    /// Until when a customisation runs, in the clock's elapsed seconds.
    var busyUntil = 0.0

    /// Collections as `(table, name, of, by)`: the rows of `of` whose lookup `by` points at `table`.
    struct Collection {
        var table: String
        var name: String
        var of: String
        var by: String
    }

    init(_ tables: [TableDefinition], collections: [Collection]) {
        self.tables = tables
        for (position, table) in tables.enumerated() { table.index = TableIndex(rawValue: UInt16(position)) }
        bySet = Dictionary(uniqueKeysWithValues: tables.map { ($0.setName, $0) })
        byLogicalName = Dictionary(uniqueKeysWithValues: tables.map { ($0.logicalName, $0) })
        for table in tables { nameLookups(of: table) }
        for collection in collections {
            guard let table = byLogicalName[collection.table], let child = byLogicalName[collection.of],
                let column = child.column(collection.by)
            else { continue }
            table.collectionNavigations[collection.name] = .init(table: child.index, column: column)
        }
    }

    subscript(_ index: TableIndex) -> TableDefinition { tables[Int(index.rawValue)] }

    /// A lookup with one target is reached under its own name, one with several under a name for each target; the
    /// owner under its own name for all of them.
    func nameLookups(of table: TableDefinition) {
        for (position, column) in table.columns.enumerated() {
            guard case .lookup(let targets) = column.kind else { continue }
            if targets.count == 1 {
                let target = byLogicalName[targets[0]]?.index
                table.singleNavigations[column.name] = .init(column: position, target: target)
                if table.isActivity {
                    table.singleNavigations["\(column.name)_\(table.logicalName)"] = .init(column: position, target: target)
                }
                continue
            }
            if column.name == "ownerid" {
                table.singleNavigations["ownerid"] = .init(column: position, target: nil)
                table.singleNavigations["ownerid_\(table.logicalName)"] = .init(column: position, target: nil)
                continue
            }
            for target in targets {
                guard let index = byLogicalName[target]?.index else { continue }
                table.singleNavigations["\(column.name)_\(target)"] = .init(column: position, target: index)
                table.singleNavigations["\(column.name)_\(target)_\(table.logicalName)"] = .init(column: position, target: index)
            }
        }
    }

    /// The name annotations give for a lookup: the suffixed form where a lookup has several targets.
    func navigationName(of table: TableDefinition, column: Int, target: TableIndex) -> String {
        let definition = table.columns[column]
        if let custom = customRelationships.first(where: { $0.referencing == table.logicalName && $0.column == definition.name })
        {
            return custom.navigation
        }
        guard case .lookup(let targets) = definition.kind, targets.count > 1, definition.name != "ownerid" else {
            return definition.name
        }
        let name = "\(definition.name)_\(self[target].logicalName)"
        return table.isActivity ? "\(name)_\(table.logicalName)" : name
    }
}

// Customisations.
extension Schema {
    func add(_ table: TableDefinition) {
        table.index = TableIndex(rawValue: UInt16(tables.count))
        tables.append(table)
        bySet[table.setName] = table
        byLogicalName[table.logicalName] = table
        nameLookups(of: table)
    }

    /// The table's number stays, its names are gone.
    func drop(_ table: TableDefinition) {
        table.isDropped = true
        bySet[table.setName] = nil
        byLogicalName[table.logicalName] = nil
        let gone = customRelationships.filter { $0.referencing == table.logicalName || $0.referenced == table.logicalName }
        for relationship in gone { byLogicalName[relationship.referenced]?.collectionNavigations[relationship.collection] = nil }
        customRelationships.removeAll { $0.referencing == table.logicalName || $0.referenced == table.logicalName }
    }

    func drop(_ column: Int, of table: TableDefinition) {
        for other in tables {
            other.collectionNavigations = other.collectionNavigations.filter {
                $0.value.table != table.index || $0.value.column != column
            }
        }
        table.drop(column)
    }

    func add(_ relationship: Relationship, column: Int) {
        guard let referenced = byLogicalName[relationship.referenced], let referencing = byLogicalName[relationship.referencing]
        else { return }
        customRelationships.append(relationship)
        referencing.singleNavigations[relationship.navigation] = .init(column: column, target: referenced.index)
        referenced.collectionNavigations[relationship.collection] = .init(table: referencing.index, column: column)
    }

    /// Puts a changed global choice in the place of the old one, in every column that uses it.
    func replace(_ set: ChoiceSet) {
        choiceSets[set.name] = set
        for table in tables {
            for position in table.columns.indices where table.columns[position].choiceSet == set.name {
                try? table.change(position) { column throws(WebError) in column.kind = .choice(set.options) }
            }
        }
    }
}
