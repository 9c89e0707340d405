// Phone calls and what hangs on them.
extension TableDefinition {
    static let partyTargets = ["contact", "account", "systemuser", "lead", "queue", "team"]
    static let regardingTargets = ["contact", "account", "lead"]

    static func phoneCall() -> TableDefinition {
        TableDefinition(
            "phonecall", "PhoneCall", set: "phonecalls", key: "activityid", name: "subject", typeCode: 4210,
            states: [
                StateDefinition(0, "Open", [ChoiceOption(1, "Open")]),
                StateDefinition(1, "Completed", [ChoiceOption(2, "Made"), ChoiceOption(4, "Received")]),
                StateDefinition(2, "Canceled", [ChoiceOption(3, "Canceled")]),
            ],
            privilege: "Activity", isActivity: true,
            columns: [
                textColumn("subject", 200), ColumnDefinition("description", .memo(maxLength: 2000)),
                textColumn("phonenumber", 200, indexed: true),
                ColumnDefinition("directioncode", .boolean(whenFalse: "Incoming", whenTrue: "Outgoing")),
                ColumnDefinition("scheduledstart", .dateTime), ColumnDefinition("scheduledend", .dateTime),
                ColumnDefinition("actualstart", .dateTime), ColumnDefinition("actualend", .dateTime),
                ColumnDefinition("actualdurationminutes", .integer(0...2_147_483_647)),
                ColumnDefinition("regardingobjectid", .lookup(regardingTargets), indexed: true),
                ColumnDefinition("scheduleddurationminutes", .integer(0...2_147_483_647), access: []),
                ColumnDefinition("leftvoicemail", .yesNo),
                ColumnDefinition(
                    "prioritycode", .choice([ChoiceOption(0, "Low"), ChoiceOption(1, "Normal"), ChoiceOption(2, "High")])),
                textColumn("category", 250), textColumn("subcategory", 250),
                ColumnDefinition("activitytypecode", .logicalName, access: []),
                ColumnDefinition("sortdate", .dateTime), ColumnDefinition("isbilled", .yesNo),
                ColumnDefinition("isworkflowcreated", .yesNo), ColumnDefinition("isregularactivity", .yesNo, access: []),
            ])
    }

    static func activityParty() -> TableDefinition {
        TableDefinition(
            "activityparty", "ActivityParty", set: "activityparties", key: "activitypartyid", name: "addressused", typeCode: 135,
            ownership: .none, privilege: "Activity",
            columns: [
                ColumnDefinition("activityid", .lookup(["phonecall"]), access: .create, indexed: true),
                ColumnDefinition("partyid", .lookup(partyTargets), indexed: true),
                ColumnDefinition(
                    "participationtypemask",
                    .choice([
                        ChoiceOption(1, "Sender"), ChoiceOption(2, "To Recipient"), ChoiceOption(3, "CC Recipient"),
                        ChoiceOption(4, "BCC Recipient"), ChoiceOption(5, "Required attendee"),
                        ChoiceOption(6, "Optional attendee"),
                        ChoiceOption(7, "Organizer"), ChoiceOption(8, "Regarding"), ChoiceOption(9, "Owner"),
                        ChoiceOption(10, "Resource"), ChoiceOption(11, "Customer"), ChoiceOption(12, "Chat Participant"),
                    ])),
                textColumn("addressused", 320), textColumn("unresolvedpartyname", 200),
                ColumnDefinition("ispartydeleted", .yesNo, access: []),
            ])
    }

    static func queue() -> TableDefinition {
        TableDefinition(
            "queue", "Queue", set: "queues", key: "queueid", name: "name", typeCode: 2020, states: StateDefinition.activeInactive,
            columns: [
                textColumn("name", 200), ColumnDefinition("description", .memo(maxLength: 2000)), textColumn("emailaddress", 100),
                ColumnDefinition("queueviewtype", .choice([ChoiceOption(0, "Public"), ChoiceOption(1, "Private")])),
            ])
    }

    static func queueItem() -> TableDefinition {
        TableDefinition(
            "queueitem", "QueueItem", set: "queueitems", key: "queueitemid", name: "title", typeCode: 2029,
            ownership: .organization, states: StateDefinition.activeInactive,
            columns: [
                textColumn("title", 300), ColumnDefinition("priority", .anyInteger),
                ColumnDefinition("enteredon", .dateTime, access: []),
                ColumnDefinition("queueid", .lookup(["queue"]), access: .create, indexed: true),
                ColumnDefinition("objectid", .lookup(["phonecall", "contact", "lead"]), access: .create, indexed: true),
                ColumnDefinition("workerid", .lookup(["systemuser", "team"]), indexed: true),
                ColumnDefinition("workeridmodifiedon", .dateTime, access: []),
                ColumnDefinition("objecttypecode", .anyInteger, access: []),
            ])
    }

    static func annotation() -> TableDefinition {
        TableDefinition(
            "annotation", "Annotation", set: "annotations", key: "annotationid", name: "subject", typeCode: 5, privilege: "Note",
            columns: [
                textColumn("subject", 500), ColumnDefinition("notetext", .memo(maxLength: 100_000)), textColumn("filename", 255),
                textColumn("mimetype", 256), ColumnDefinition("documentbody", .memo(maxLength: 1_073_741_823)),
                ColumnDefinition("isdocument", .yesNo), textColumn("objecttypecode", 128),
                ColumnDefinition("objectid", .lookup(["phonecall", "contact", "account", "lead"]), indexed: true),
            ])
    }

    static func message() -> TableDefinition {
        TableDefinition(
            "sdkmessage", "SdkMessage", set: "sdkmessages", key: "sdkmessageid", name: "name", typeCode: 4606, ownership: .none,
            columns: [textColumn("name", 256, indexed: true)])
    }

    static func messageFilter() -> TableDefinition {
        TableDefinition(
            "sdkmessagefilter", "SdkMessageFilter", set: "sdkmessagefilters", key: "sdkmessagefilterid", name: "name",
            typeCode: 4607,
            ownership: .none,
            columns: [
                textColumn("name", 256), textColumn("primaryobjecttypecode", 128, indexed: true),
                ColumnDefinition("sdkmessageid", .lookup(["sdkmessage"]), indexed: true),
            ])
    }
}
