/// A row as the admin door sees it.
public struct DataverseRow: Sendable {
    public let id: String
    /// Row version.
    public let version: Int64
    /// For phone calls: when they were created and completed, by the machine's clock.
    public let times: DataverseWriteTimes?
    let values: [CellValue]
    let columns: [String: Int]

    /// A column by its logical name, as JSON: lookups and ids as guid strings, dates as text. Null when empty or unknown.
    public subscript(column: String) -> JSON {
        guard let index = columns[column], index < values.count else { return .null }
        return values[index].json
    }

    /// All columns that are not empty.
    public var json: JSON {
        var object = JSONObject([JSONObject.Member(name: "id", value: .string(id))])
        for (name, index) in columns.sorted(by: { $0.value < $1.value }) where index < values.count && !values[index].isNull {
            object.members.append(.init(name: name, value: values[index].json))
        }
        if let times {
            object.members.append(.init(name: "written_at", value: .number(times.created)))
            if let completed = times.completed { object.members.append(.init(name: "completed_at", value: .number(completed))) }
        }
        return .object(object)
    }
}

/// A party of a phone call.
public struct DataverseParty: Sendable {
    /// 1 sender, 2 recipient, 8 regarding, 9 owner.
    public var mask: Int
    /// Logical name of the party's table; nil without a row.
    public var table: String?
    public var id: String?
    public var addressUsed: String?
    public var unresolvedName: String?
}

extension CellValue {
    var json: JSON {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .text(let value): .string(value)
        case .guid(let value): .string(value.description)
        case .date(let value): .string(DateText.dateTime(value))
        case .lookup(let reference): .string(reference.id.description)
        }
    }
}
