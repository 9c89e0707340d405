extension Schema {
    /// The standard tables the simulator knows, less those that are absent, with the columns a customer added.
    static func standard(custom: [DataverseCustomColumn], without absent: Set<String> = []) -> Schema {
        let all: [TableDefinition] = [
            .phoneCall(), .activityParty(), .contact(), .account(), .lead(), .systemUser(), .team(), .businessUnit(),
            .queue(), .queueItem(), .annotation(), .role(), .userRole(), .organization(), .message(), .messageFilter(),
            .publisher(),
            .solution(),
            .solutionComponent(), .dataProvider(), .virtualDataSource(), .serviceEndpoint(), .processingStep(), .asyncOperation(),
            .systemForm(), .savedQuery(),
        ]
        let tables = all.filter { !absent.contains($0.logicalName) }
        for column in custom {
            tables.first { $0.logicalName == column.table }?.add(column.definition)
        }
        return Schema(
            tables,
            collections: [
                .init(table: "phonecall", name: "phonecall_activity_parties", of: "activityparty", by: "activityid"),
                .init(table: "phonecall", name: "PhoneCall_QueueItem", of: "queueitem", by: "objectid"),
                .init(table: "phonecall", name: "PhoneCall_Annotation", of: "annotation", by: "objectid"),
                .init(table: "contact", name: "Contact_Phonecalls", of: "phonecall", by: "regardingobjectid"),
                .init(table: "contact", name: "contact_activity_parties", of: "activityparty", by: "partyid"),
                .init(table: "account", name: "Account_Phonecalls", of: "phonecall", by: "regardingobjectid"),
                .init(table: "account", name: "account_activity_parties", of: "activityparty", by: "partyid"),
                .init(table: "account", name: "contact_customer_accounts", of: "contact", by: "parentcustomerid"),
                .init(table: "lead", name: "lead_Phonecalls", of: "phonecall", by: "regardingobjectid"),
                .init(table: "queue", name: "queue_entries", of: "queueitem", by: "queueid"),
                .init(table: "systemuser", name: "system_user_activity_parties", of: "activityparty", by: "partyid"),
                .init(table: "businessunit", name: "business_unit_system_users", of: "systemuser", by: "businessunitid"),
                .init(table: "businessunit", name: "business_unit_teams", of: "team", by: "businessunitid"),
            ])
    }
}

func textColumn(_ name: String, _ length: Int, indexed: Bool = false) -> ColumnDefinition {
    ColumnDefinition(name, .text(maxLength: length), indexed: indexed)
}

/// Phone columns, all looked up by number.
func phoneColumns(_ names: [String], length: Int = 50) -> [ColumnDefinition] {
    names.map { textColumn($0, length, indexed: true) }
}

func addressPhones(_ addresses: ClosedRange<Int>) -> [String] {
    addresses.flatMap { address in (1...3).map { "address\(address)_telephone\($0)" } }
}
