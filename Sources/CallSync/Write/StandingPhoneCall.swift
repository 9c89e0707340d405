import Dynamics
import FoundationEssentials
import Postgres
import Model
import PhoneNumbers

/// A phone call as it stands in Dynamics.
struct StandingPhoneCall: Sendable {
    let id: UUID
    let etag: String?
    let isOpen: Bool
    let modifiedBy: UUID?
    /// Comparable values of the columns that were read; empty for a null column.
    let fields: [PhoneCallField: String]
    /// The call it belongs to, as far as a column tells.
    let callID: UUID?
    private let number: String?
    private let start: Date?

    init?(_ row: ODataRow, _ columns: Settings.Columns) {
        guard let id = row.guid("activityid") else { return nil }
        self.id = id
        etag = row.etag
        isOpen = (row.int("statecode") ?? 0) == 0
        modifiedBy = row.guid("_modifiedby_value")
        var fields: [PhoneCallField: String] = [:]
        for field in PhoneCallField.allCases {
            guard let column = field.readColumn(columns), let value = row[column] else { continue }
            fields[field] = Self.comparable(value, of: field)
        }
        self.fields = fields
        callID = fields[.callID].flatMap(UUID.init(hyphenated:))
        number = row.string("phonenumber")
        start = row.date("actualstart") ?? row.date("scheduledstart") ?? row.date("createdon")
    }

    /// What the record is for adoption. Nil: it has no start.
    ///
    /// - Parameter numbers: how the tenant's numbers are read; agents write them as they please.
    func candidate(_ numbers: NumberReader) -> AdoptionCandidate? {
        guard let start else { return nil }
        return AdoptionCandidate(
            activityID: id, number: numbers.read(number), direction: fields[.direction] == "true" ? .outbound : .inbound,
            ownerID: fields[.owner].flatMap(UUID.init(hyphenated:)), startedAt: start)
    }

    /// The columns to ask for.
    static func select(_ columns: Settings.Columns) -> [String] {
        ["statecode", "createdon", "_modifiedby_value"] + PhoneCallField.allCases.compactMap { $0.readColumn(columns) }
    }

    private static func comparable(_ value: ODataValue, of field: PhoneCallField) -> String {
        switch value {
        case .null, .array, .object: return ""
        case .bool(let flag): return flag ? "true" : "false"
        case .number(let text): return text
        case .string(let text):
            if field.isTime { return ODataDate.date(text).map(DataverseTime.text) ?? text }
            return field.isLookup ? text.lowercased() : text
        }
    }
}

extension PhoneCallField {
    fileprivate var isTime: Bool {
        switch self {
        case .scheduledStart, .scheduledEnd, .actualStart, .actualEnd: true
        default: false
        }
    }
}
