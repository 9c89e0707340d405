import Dynamics
import FoundationEssentials
import Model
import Tenants

/// A callback's phone call and its queue item as JSON for Dynamics.
enum CallbackBody {
    static func path(_ activity: UUID) -> String { "phonecalls(\(activity.lowercase))" }

    /// A whole new record, open, parties included.
    ///
    /// - Parameter link: property that binds the lookup to the bundle; nil writes no link.
    static func create(_ call: CallbackPhoneCall, _ columns: Settings.Columns, link: String?) -> [UInt8] {
        var body = ODataBody()
        body.set("subject", call.subject)
        body.set("description", call.description)
        body.set("phonenumber", call.phoneNumber)
        body.set("directioncode", true)
        if let due = call.due { body.set("scheduledend", due) }
        if call.recordingAddress != nil { body.set("leftvoicemail", true) }
        set(columns.callbackID, call.callbackID.lowercase, &body)
        if let name = call.queueName { set(columns.queueName, name, &body) }
        if let address = call.recordingAddress { set(columns.recordingURL, address, &body) }
        if let id = call.owner.id { body.bind("ownerid", "/\(call.owner.table.rawValue)s(\(id.lowercase))") }
        if let row = call.regarding { regard(row, &body) }
        if let bundle = call.bundleID, let link { body.bind(link, "/\(path(bundle))") }
        body.set("phonecall_activity_parties", [PhoneCallBody.party(call.from, mask: 1), PhoneCallBody.party(call.to, mask: 2)])
        return body.bytes
    }

    /// Whom a standing phone call is with.
    ///
    /// - Parameter party: who stands as called; nil: as it is.
    static func relate(_ row: RowReference, party: PhoneCall.Party?) -> [UInt8] {
        var body = ODataBody()
        regard(row, &body)
        if let party { body.set("phonecall_activity_parties", [PhoneCallBody.party(party, mask: 2)]) }
        return body.bytes
    }

    /// What bundled phone calls have in common, under the property that binds it.
    static func link(_ bundle: UUID, _ property: String) -> [UInt8] {
        var body = ODataBody()
        body.bind(property, "/\(path(bundle))")
        return body.bytes
    }

    static func addToQueue(_ activity: UUID) -> [UInt8] {
        Array("{\"Target\":{\"@odata.type\":\"Microsoft.Dynamics.CRM.phonecall\",\"activityid\":\"\(activity.lowercase)\"}}".utf8)
    }

    private static func regard(_ row: RowReference, _ body: inout ODataBody) {
        body.bind("regardingobjectid_\(row.table.rawValue)_phonecall", "/\(row.table.set)(\(row.id.lowercase))")
    }

    private static func set(_ column: String, _ value: String, _ body: inout ODataBody) {
        if !column.isEmpty { body.set(column, value) }
    }
}
