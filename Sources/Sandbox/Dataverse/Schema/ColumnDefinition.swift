/// What a column can hold.
enum ColumnKind: Sendable, Equatable {
    case key
    case guid
    case text(maxLength: Int)
    case memo(maxLength: Int)
    case integer(ClosedRange<Int64>)
    case bigInteger
    case number
    case boolean(whenFalse: String, whenTrue: String)
    case dateTime
    case dateOnly
    case choice([ChoiceOption])
    case state
    case status
    /// Logical names of the tables it may point at; none means any.
    case lookup([String])
    /// Read from the row, not stored.
    case rowVersion
    /// The logical name of the table, not stored.
    case logicalName

    static let anyInteger = ColumnKind.integer(-2_147_483_648...2_147_483_647)
    static let yesNo = ColumnKind.boolean(whenFalse: "No", whenTrue: "Yes")

    var isLookup: Bool {
        if case .lookup = self { true } else { false }
    }
}

struct ChoiceOption: Sendable, Equatable {
    var value: Int64
    var label: String

    init(_ value: Int64, _ label: String) {
        self.value = value
        self.label = label
    }
}

struct ColumnDefinition: Sendable {
    /// Which writes may set it; others drop it silently, as the platform does.
    struct Access: OptionSet, Sendable {
        let rawValue: UInt8
        static let create = Access(rawValue: 1)
        static let update = Access(rawValue: 2)
        static let write: Access = [.create, .update]
    }

    /// Logical name, lower case.
    var name: String
    var kind: ColumnKind
    var access: Access = .write
    /// Kept in a hash index, so that equality and `In` do not scan.
    var indexed = false
    /// Deleted: its place in the rows stays, its name is gone.
    var isDropped = false
    /// Never read back.
    var isSecret = false

    // What only the metadata shows.
    var schemaName: String
    /// Of columns made through the Web API.
    var customID: Guid?
    var isCustom = false
    /// Members as they were sent.
    var facets = JSONObject()
    /// The global choice its options come from.
    var choiceSet: String?
    /// When it was made, in the clock's elapsed seconds.
    var since = 0.0

    init(_ name: String, _ kind: ColumnKind, access: Access = .write, indexed: Bool = false) {
        self.name = name
        schemaName = name
        self.kind = kind
        self.access = access
        self.indexed = indexed
    }

    /// The name in queries and answers: lookups read as `_name_value`.
    var propertyName: String {
        kind.isLookup ? "_\(name)_value" : name
    }
}

/// A state (`statecode`) and the status reasons (`statuscode`) that belong to it; the first is its default.
struct StateDefinition: Sendable {
    var value: Int64
    var label: String
    var statuses: [ChoiceOption]

    init(_ value: Int64, _ label: String, _ statuses: [ChoiceOption]) {
        self.value = value
        self.label = label
        self.statuses = statuses
    }

    static let activeInactive = [
        StateDefinition(0, "Active", [ChoiceOption(1, "Active")]),
        StateDefinition(1, "Inactive", [ChoiceOption(2, "Inactive")]),
    ]
}
