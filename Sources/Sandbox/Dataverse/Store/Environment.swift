/// Everything that changes: one lock guards it all.
struct Environment {
    let store: Store
    var rules: WriteRules
    var protection: ServiceProtection
    var claims = RowClaims()
    var tokens: [String: Token] = [:]
    /// Serial number of the last request.
    var serial = 0
    /// Real times of creation and completion of phone calls, seconds since 1970.
    var writeTimes: [Guid: DataverseWriteTimes] = [:]

    struct Token {
        var application: String
        var user: Guid?
        /// The environment it is for, without a trailing slash.
        var resource: String
        /// In the clock's elapsed seconds.
        var expires: Double
    }

    init(_ configuration: DataverseConfiguration, now: Int64) {
        let schema = Schema.standard(
            custom: configuration.customColumns ?? DataverseCustomColumn.standard(prefix: configuration.customPrefix),
            without: configuration.absentTables)
        for key in configuration.alternateKeys {
            schema.byLogicalName[key.table]?.keys.append(AlternateKey(columns: key.columns, of: key.table))
        }
        store = Store(schema: schema, seed: configuration.seed)
        rules = WriteRules(updatesOfClosedActivities: configuration.updatesOfClosedActivities)
        protection = ServiceProtection(limits: configuration.limits)
        seedOrganization(configuration, now: now)
    }

    private static let messages = [
        "Create", "Update", "Delete", "Associate", "Disassociate", "CreateMultiple", "UpdateMultiple", "UpsertMultiple",
    ]

    /// The rows every environment has: organization, root business unit, application users, messages.
    private func seedOrganization(_ configuration: DataverseConfiguration, now: Int64) {
        let unit = store.random.guid()
        insert("businessunit", unit, ["name": .text("demo"), "createdon": .date(now)])
        insert(
            "organization", Guid(configuration.organization) ?? store.random.guid(),
            [
                "name": .text("demo"), "languagecode": .integer(1033), "expirechangetrackingindays": .integer(7),
                "maxuploadfilesize": .integer(5_242_880), "currencysymbol": .text("€"),
            ])
        for application in configuration.applications {
            guard let id = application.userID.flatMap({ Guid($0) }) else { continue }
            insert(
                "systemuser", id,
                [
                    "fullname": .text("# Trunkline"), "lastname": .text("Trunkline"), "firstname": .text("#"),
                    "applicationid": Guid(application.clientID).map { .guid($0) } ?? .null, "accessmode": .integer(4),
                    "isdisabled": .bool(false), "islicensed": .bool(false), "createdon": .date(now), "modifiedon": .date(now),
                    "businessunitid": store.rootBusinessUnit, "ownerid": .guid(id),
                    "domainname": .text("\(application.clientID)@\(configuration.directoryName)"),
                    "internalemailaddress": .text("\(application.clientID)@\(configuration.directoryName)"),
                ])
        }
        seedCustomization(now: now)
        seedForms()
        // Bulk messages exist for contacts and accounts, not for phone calls.
        for name in Self.messages {
            let message = store.random.guid()
            insert("sdkmessage", message, ["name": .text(name)])
            guard let index = store.schema.byLogicalName["sdkmessage"]?.index else { continue }
            for table in ["contact", "account", "lead", "phonecall", "systemuser", "queueitem"]
            where store.schema.byLogicalName[table]?.takesBulkMessages == true
                || !name.hasSuffix("Multiple") && !name.hasSuffix("ssociate")
            {
                insert(
                    "sdkmessagefilter", store.random.guid(),
                    [
                        "primaryobjecttypecode": .text(table), "name": .text("\(name) of \(table)"),
                        "sdkmessageid": .lookup(Reference(table: index, id: message)),
                    ])
            }
        }
    }

    func insert(_ table: String, _ id: Guid, _ named: [String: CellValue]) {
        guard let definition = store.schema.byLogicalName[table] else { return }
        var values = [CellValue](repeating: .null, count: definition.columns.count)
        for (name, value) in named { values[definition.column(name)] = value }
        try? store.transaction { () throws(WebError) in store.insert(id, values, into: definition.index) }
    }
}

/// When a phone call was written, by the real clock of the machine: seconds since 1970.
public struct DataverseWriteTimes: Sendable, Codable {
    public var created: Double
    public var completed: Double?
}
