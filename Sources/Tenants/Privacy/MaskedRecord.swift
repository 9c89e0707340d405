import Dynamics
import FoundationEssentials
import Privacy

/// A phone call without erased numbers.
enum MaskedRecord {
    private static let parties = "phonecall_activity_parties"
    private static let partyTable = "_partyid_value"

    static let expansion = "\(parties)($select=participationtypemask,\(partyTable),unresolvedpartyname,addressused)"

    /// What to change in a record so that no erased number stands in it. Nil: none does.
    static func body(_ row: ODataRow, _ numbers: ErasedNumbers) -> [UInt8]? {
        var body = ODataBody()
        if numbers.contains(row.string("phonenumber")) { body.set("phonenumber", nil as String?) }
        for column in ["subject", "description"] {
            if let masked = row.string(column).flatMap(numbers.masked) { body.set(column, masked) }
        }
        let sides = sides(row[parties]?.array?.compactMap(\.row) ?? [], numbers)
        if !sides.isEmpty { body.set(parties, sides) }
        return body.isEmpty ? nil : body.bytes
    }

    /// The parties of each side on which the number stands: a side is written as a whole.
    private static func sides(_ parties: [ODataRow], _ numbers: ErasedNumbers) -> [ODataBody] {
        var bodies: [ODataBody] = []
        for mask in [1, 2] {
            let side = parties.filter { $0.int("participationtypemask") == mask }
            // Who is linked has no number of his own here; with somebody linked beside, the side is left as it is.
            guard side.allSatisfy({ $0.guid(partyTable) == nil }), side.contains(where: { names(numbers, $0) }) else { continue }
            bodies += side.map { party in
                var body = ODataBody()
                body.set("participationtypemask", mask)
                if names(numbers, party) {
                    body.set("unresolvedpartyname", party.string("unresolvedpartyname").flatMap(numbers.masked) ?? "…")
                } else {
                    body.set("unresolvedpartyname", party.string("unresolvedpartyname"))
                    if let address = party.string("addressused") { body.set("addressused", address) }
                }
                return body
            }
        }
        return bodies
    }

    private static func names(_ numbers: ErasedNumbers, _ party: ODataRow) -> Bool {
        numbers.contains(party.string("addressused")) || numbers.contains(party.string("unresolvedpartyname"))
    }
}

extension DynamicsFault {
    /// The environment refuses changes of completed records.
    package var saysClosed: Bool {
        code == "0x8004022e" || message.lowercased().contains("cannot update closed")
    }
}
