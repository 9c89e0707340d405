package import Dynamics
import FoundationEssentials
package import Model

/// Phone calls as JSON for Dynamics.
package enum PhoneCallBody {
    /// A whole new record, parties included.
    package static func create(_ call: PhoneCall, _ columns: Settings.Columns) -> [UInt8] {
        var body = ODataBody()
        for field in PhoneCallField.allCases {
            if let value = call.fields[field] { set(field, value, columns, &body) }
        }
        body.set("phonecall_activity_parties", [party(call.from, mask: 1), party(call.to, mask: 2)])
        return body.bytes
    }

    /// Only what changes; and, where given, the party on one side.
    package static func update(
        _ changes: [PhoneCallField: FieldValue], _ columns: Settings.Columns,
        party other: (party: PhoneCall.Party, mask: Int)? = nil
    ) -> [UInt8] {
        var body = ODataBody()
        for (field, value) in changes.sorted(by: { $0.key < $1.key }) { set(field, value, columns, &body) }
        if let other { body.set("phonecall_activity_parties", [party(other.party, mask: other.mask)]) }
        return body.bytes
    }

    package static func complete(status: Int) -> [UInt8] { Array("{\"statecode\":1,\"statuscode\":\(status)}".utf8) }
    /// Ended without having been made.
    package static let cancel = Array("{\"statecode\":2,\"statuscode\":3}".utf8)
    package static let reopen = Array("{\"statecode\":0,\"statuscode\":1}".utf8)

    package static func mark(_ column: String, _ flag: Bool) -> [UInt8] {
        var body = ODataBody()
        body.set(column, flag)
        return body.bytes
    }

    private static func set(_ field: PhoneCallField, _ value: FieldValue, _ columns: Settings.Columns, _ body: inout ODataBody) {
        guard let column = field.column(columns) else { return }
        switch value {
        case .text(let text): body.set(column, text)
        case .int(let number): body.set(column, number)
        case .bool(let flag): body.set(column, flag)
        case .time(let date): body.set(column, date)
        case .lookup(let set, let id): body.bind(navigation(field, set), "/\(set)(\(id.lowercase))")
        case .none: body.set(column, nil as String?)
        }
    }

    /// The property that points at a table: `regardingobjectid` has one for each.
    private static func navigation(_ field: PhoneCallField, _ set: String) -> String {
        field == .regarding ? "regardingobjectid_\(set.dropLast())_phonecall" : field.rawValue
    }

    /// One side of the call: mask 1 calls, 2 is called.
    package static func party(_ party: PhoneCall.Party, mask: Int) -> ODataBody {
        var body = ODataBody()
        body.set("participationtypemask", mask)
        if let row = party.row {
            body.bind("partyid_\(row.table.rawValue)", "/\(row.table.set)(\(row.id.lowercase))")
        } else {
            body.set("unresolvedpartyname", party.name ?? "unknown")
            if let address = party.address { body.set("addressused", address) }
        }
        return body
    }
}
