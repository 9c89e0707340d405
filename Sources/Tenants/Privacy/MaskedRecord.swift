import Dynamics
import FoundationEssentials
import Model
import Privacy

/// A phone call without erased numbers.
enum MaskedRecord {
    private static let parties = "phonecall_activity_parties"
    private static let partyTable = "_partyid_value"

    static let expansion = "\(parties)($select=participationtypemask,\(partyTable),unresolvedpartyname,addressused)"
    static let annotations = ["Microsoft.Dynamics.CRM.lookuplogicalname"]

    enum Change: Sendable {
        /// No erased number stands in it.
        case nothing
        case body([UInt8])
        /// One stands among parties that can't be written again as they are.
        case impossible
    }

    /// What to change in a record so that no erased number stands in it.
    static func change(_ row: ODataRow, _ numbers: ErasedNumbers) -> Change {
        var body = ODataBody()
        if numbers.contains(row.string("phonenumber")) { body.set("phonenumber", nil as String?) }
        for column in ["subject", "description"] {
            if let masked = row.string(column).flatMap(numbers.masked) { body.set(column, masked) }
        }
        guard let sides = sides(row[parties]?.array?.compactMap(\.row) ?? [], numbers) else { return .impossible }
        if !sides.isEmpty { body.set(parties, sides) }
        return body.isEmpty ? .nothing : .body(body.bytes)
    }

    /// The parties of each side on which the number stands: a side is written as a whole. Nil: one of them can't be.
    private static func sides(_ parties: [ODataRow], _ numbers: ErasedNumbers) -> [ODataBody]? {
        var bodies: [ODataBody] = []
        for mask in [1, 2] {
            let side = parties.filter { $0.int("participationtypemask") == mask }
            guard side.contains(where: { names(numbers, $0) }) else { continue }
            for party in side {
                var body = ODataBody()
                body.set("participationtypemask", mask)
                if let id = party.guid(partyTable) {
                    let table = party.string("\(partyTable)@Microsoft.Dynamics.CRM.lookuplogicalname") ?? ""
                    guard let set = sets[table] else { return nil }
                    body.bind("partyid_\(table)", "/\(set)(\(id.lowercase))")
                    if let address = party.string("addressused"), !numbers.contains(address) { body.set("addressused", address) }
                } else if names(numbers, party) {
                    body.set("unresolvedpartyname", party.string("unresolvedpartyname").flatMap(numbers.masked) ?? "…")
                } else {
                    body.set("unresolvedpartyname", party.string("unresolvedpartyname"))
                    if let address = party.string("addressused") { body.set("addressused", address) }
                }
                bodies.append(body)
            }
        }
        return bodies
    }

    /// Tables that may be a party, and what a path calls their rows.
    private static let sets = [
        "contact": "contacts", "account": "accounts", "lead": "leads", "systemuser": "systemusers", "queue": "queues",
    ]

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
