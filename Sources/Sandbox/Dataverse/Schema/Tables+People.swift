// The people and companies a call can belong to.
extension TableDefinition {
    static func contact() -> TableDefinition {
        TableDefinition(
            "contact", "Contact", set: "contacts", key: "contactid", name: "fullname", typeCode: 2,
            states: StateDefinition.activeInactive,
            columns: phoneColumns([
                "telephone1", "telephone2", "telephone3", "mobilephone", "business2", "home2", "company", "callback",
                "assistantphone", "managerphone", "pager", "fax",
            ]) + [
                textColumn("firstname", 50), textColumn("lastname", 50),
                ColumnDefinition("fullname", .text(maxLength: 160), access: []),
                textColumn("emailaddress1", 100, indexed: true), textColumn("emailaddress2", 100), textColumn("jobtitle", 100),
                textColumn("address1_city", 80), textColumn("address1_line1", 250), textColumn("address1_postalcode", 20),
                textColumn("address1_country", 80),
                ColumnDefinition("description", .memo(maxLength: 2000)),
                ColumnDefinition("donotphone", .boolean(whenFalse: "Allow", whenTrue: "Do Not Allow")),
                ColumnDefinition("parentcustomerid", .lookup(["account", "contact"]), indexed: true),
                ColumnDefinition("preferredsystemuserid", .lookup(["systemuser"])),
            ] + mergeColumns("contact") + phoneColumns(addressPhones(1...3)))
    }

    static func account() -> TableDefinition {
        TableDefinition(
            "account", "Account", set: "accounts", key: "accountid", name: "name", typeCode: 1,
            states: StateDefinition.activeInactive,
            columns: phoneColumns(["telephone1", "telephone2", "telephone3", "fax"]) + [
                textColumn("name", 160), textColumn("accountnumber", 20, indexed: true),
                textColumn("emailaddress1", 100, indexed: true),
                textColumn("websiteurl", 200), textColumn("address1_city", 80), textColumn("address1_line1", 250),
                textColumn("address1_postalcode", 20), textColumn("address1_country", 80),
                ColumnDefinition("description", .memo(maxLength: 2000)),
                ColumnDefinition("donotphone", .boolean(whenFalse: "Allow", whenTrue: "Do Not Allow")),
                ColumnDefinition("primarycontactid", .lookup(["contact"])),
                ColumnDefinition("parentaccountid", .lookup(["account"])),
                ColumnDefinition("preferredsystemuserid", .lookup(["systemuser"])),
            ] + mergeColumns("account") + phoneColumns(addressPhones(1...2)))
    }

    static func lead() -> TableDefinition {
        TableDefinition(
            "lead", "Lead", set: "leads", key: "leadid", name: "fullname", typeCode: 4,
            states: [
                StateDefinition(0, "Open", [ChoiceOption(1, "New"), ChoiceOption(2, "Contacted")]),
                StateDefinition(1, "Qualified", [ChoiceOption(3, "Qualified")]),
                StateDefinition(
                    2, "Disqualified",
                    [
                        ChoiceOption(4, "Lost"), ChoiceOption(5, "Cannot Contact"), ChoiceOption(6, "No Longer Interested"),
                        ChoiceOption(7, "Canceled"),
                    ]),
            ],
            columns: phoneColumns(["telephone1", "telephone2", "telephone3", "mobilephone", "pager", "fax"]) + [
                textColumn("subject", 300), textColumn("firstname", 50), textColumn("lastname", 50),
                ColumnDefinition("fullname", .text(maxLength: 160), access: []),
                textColumn("companyname", 100), textColumn("emailaddress1", 100, indexed: true),
                ColumnDefinition("description", .memo(maxLength: 2000)),
                ColumnDefinition("donotphone", .boolean(whenFalse: "Allow", whenTrue: "Do Not Allow")),
                ColumnDefinition("parentcontactid", .lookup(["contact"])),
                ColumnDefinition("parentaccountid", .lookup(["account"])),
            ] + mergeColumns("lead") + phoneColumns(addressPhones(1...1)))
    }

    /// What remembers that a row went into another.
    private static func mergeColumns(_ table: String) -> [ColumnDefinition] {
        [
            ColumnDefinition("masterid", .lookup([table]), access: [], indexed: true),
            ColumnDefinition("merged", .boolean(whenFalse: "Not Merged", whenTrue: "Merged"), access: []),
        ]
    }

    static func systemUser() -> TableDefinition {
        TableDefinition(
            "systemuser", "SystemUser", set: "systemusers", key: "systemuserid", name: "fullname", typeCode: 8,
            ownership: .businessUnit, privilege: "User",
            columns: [
                textColumn("firstname", 256), textColumn("lastname", 256),
                ColumnDefinition("fullname", .text(maxLength: 200), access: []),
                textColumn("internalemailaddress", 100, indexed: true), textColumn("domainname", 1024, indexed: true),
                ColumnDefinition("azureactivedirectoryobjectid", .guid), textColumn("windowsliveid", 1024),
                textColumn("personalemailaddress", 100),
                ColumnDefinition("isdisabled", .boolean(whenFalse: "Enabled", whenTrue: "Disabled")),
                ColumnDefinition("islicensed", .yesNo),
                ColumnDefinition(
                    "accessmode",
                    .choice([
                        ChoiceOption(0, "Read-Write"), ChoiceOption(1, "Administrative"), ChoiceOption(2, "Read"),
                        ChoiceOption(3, "Support User"), ChoiceOption(4, "Non-interactive"), ChoiceOption(5, "Delegated Admin"),
                    ])),
                ColumnDefinition("applicationid", .guid), textColumn("employeeid", 100), textColumn("title", 128),
                textColumn("jobtitle", 100),
                ColumnDefinition("businessunitid", .lookup(["businessunit"])), ColumnDefinition("queueid", .lookup(["queue"])),
                ColumnDefinition("parentsystemuserid", .lookup(["systemuser"])),
                ColumnDefinition("ownerid", .guid, access: []),
            ]
                + phoneColumns(
                    ["mobilephone", "homephone", "address1_telephone1", "address1_telephone2", "address1_telephone3"], length: 64)
        )
    }

    static func team() -> TableDefinition {
        TableDefinition(
            "team", "Team", set: "teams", key: "teamid", name: "name", typeCode: 9, ownership: .businessUnit,
            columns: [
                textColumn("name", 160), ColumnDefinition("description", .memo(maxLength: 2000)), textColumn("emailaddress", 100),
                ColumnDefinition(
                    "teamtype",
                    .choice([
                        ChoiceOption(0, "Owner"), ChoiceOption(1, "Access"), ChoiceOption(2, "Security Group"),
                        ChoiceOption(3, "Office Group"),
                    ])),
                ColumnDefinition("isdefault", .yesNo), ColumnDefinition("administratorid", .lookup(["systemuser"])),
                ColumnDefinition("queueid", .lookup(["queue"])), ColumnDefinition("businessunitid", .lookup(["businessunit"])),
                ColumnDefinition("ownerid", .guid, access: []),
            ])
    }

    static func businessUnit() -> TableDefinition {
        TableDefinition(
            "businessunit", "BusinessUnit", set: "businessunits", key: "businessunitid", name: "name", typeCode: 10,
            ownership: .none,
            columns: [
                textColumn("name", 160), ColumnDefinition("isdisabled", .yesNo),
                ColumnDefinition("parentbusinessunitid", .lookup(["businessunit"])),
            ])
    }

    static func role() -> TableDefinition {
        TableDefinition(
            "role", "Role", set: "roles", key: "roleid", name: "name", typeCode: 1036, ownership: .businessUnit,
            columns: [textColumn("name", 100), ColumnDefinition("businessunitid", .lookup(["businessunit"]))])
    }

    /// Which user has which role; rows are made by associating the two.
    static func userRole() -> TableDefinition {
        TableDefinition(
            "systemuserroles", "SystemUserRoles", set: "systemuserrolescollection", key: "systemuserroleid",
            name: "systemuserroleid",
            typeCode: 15, ownership: .none,
            columns: [ColumnDefinition("systemuserid", .guid, access: []), ColumnDefinition("roleid", .guid, access: [])])
    }

    static func organization() -> TableDefinition {
        TableDefinition(
            "organization", "Organization", set: "organizations", key: "organizationid", name: "name", typeCode: 1019,
            ownership: .none,
            columns: [
                textColumn("name", 160), ColumnDefinition("languagecode", .anyInteger),
                ColumnDefinition("expirechangetrackingindays", .integer(0...365)),
                ColumnDefinition("maxuploadfilesize", .anyInteger), textColumn("currencysymbol", 13),
            ])
    }
}
