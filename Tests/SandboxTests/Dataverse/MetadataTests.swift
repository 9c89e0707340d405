import Foundation
import Sandbox
import Testing

@Suite("Simulated metadata")
struct MetadataTests {
    let client = DataverseClient()

    static func label(_ text: String) -> JSON {
        [
            "@odata.type": "Microsoft.Dynamics.CRM.Label",
            "LocalizedLabels": [
                [
                    "@odata.type": "Microsoft.Dynamics.CRM.LocalizedLabel", "Label": .string(text), "LanguageCode": 1033,
                ]
            ],
        ]
    }

    static let table: JSON = [
        "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata", "SchemaName": "enr_CallbackProfile",
        "DisplayName": label("Callback profile"), "DisplayCollectionName": label("Callback profiles"),
        "OwnershipType": "OrganizationOwned", "IsActivity": false, "HasActivities": false, "HasNotes": false,
        "Attributes": [
            [
                "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", "AttributeType": "String",
                "AttributeTypeName": ["Value": "StringType"], "SchemaName": "enr_Name", "IsPrimaryName": true, "MaxLength": 100,
                "FormatName": ["Value": "Text"], "DisplayName": label("Name"),
            ]
        ],
    ]

    static func column(
        _ type: String, _ name: String, _ more: KeyValuePairs<String, JSON> = [:], complex: String = ""
    ) -> JSON {
        var object = JSONObject([
            "@odata.type": .string("Microsoft.Dynamics.CRM.\(complex)\(type)AttributeMetadata"), "SchemaName": .string(name),
            "DisplayName": label(name),
        ])
        for (name, value) in more { object[name] = value }
        return .object(object)
    }

    private func add(_ column: JSON, to table: String = "enr_callbackprofile") async -> Answer {
        await client.send("POST", "EntityDefinitions(LogicalName='\(table)')/Attributes", column)
    }

    @Test("a publisher and a solution are rows that exist once")
    func solutions() async throws {
        let made = await client.send(
            "POST", "publishers",
            [
                "uniquename": "enreach", "friendlyname": "Enreach", "customizationprefix": "enr",
                "customizationoptionvalueprefix": 72700,
            ])
        let publisher = try #require(made.id)
        let solution: JSON = [
            "uniquename": "EnreachHub", "friendlyname": "Hub", "version": "1.0.0.0",
            "publisherid@odata.bind": .string("/publishers(\(publisher))"),
        ]
        #expect(await client.send("POST", "solutions", solution).status == 204)
        let again = await client.send("POST", "solutions", solution)
        #expect(again.status == 412)
        #expect(again.code == "0x80040237")
        #expect(
            await client.send("POST", "publishers", ["uniquename": "x", "customizationprefix": "mscrmx"]).status == 400)

        let header: SandboxHeaders = ["MSCRM.SolutionUniqueName": "EnreachHub"]
        #expect(await client.send("POST", "EntityDefinitions", Self.table, headers: header).status == 204)
        let choice: JSON = [
            "@odata.type": "Microsoft.Dynamics.CRM.OptionSetMetadata", "Name": "enr_state", "OptionSetType": "Picklist",
            "IsGlobal": true, "DisplayName": Self.label("State"),
            "Options": [["Label": Self.label("New")], ["Label": Self.label("Done")]],
        ]
        #expect(await client.send("POST", "GlobalOptionSetDefinitions", choice, headers: header).status == 204)
        let options = await client.get("GlobalOptionSetDefinitions(Name='enr_state')").json["Options"]?.array
        #expect(options?.compactMap { $0["Value"]?.integer } == [727_000_000, 727_000_001])
        let parts = await client.get("solutioncomponents?$select=componenttype&$filter=solutionid/uniquename%20eq%20'EnreachHub'")
        #expect(parts.rows.compactMap { $0["componenttype"]?.integer } == [1, 9])
        #expect(
            await client.send(
                "POST", "EntityDefinitions", Self.table, headers: ["MSCRM.SolutionUniqueName": "Nobody"]
            ).status == 400)
    }

    @Test("a table is made, found, used, made again in vain, and deleted")
    func tables() async throws {
        let path = "EntityDefinitions(LogicalName='enr_callbackprofile')"
        #expect(await client.get("\(path)?$select=MetadataId").status == 404)
        #expect(
            await client.get("EntityDefinitions?$select=LogicalName&$filter=LogicalName%20eq%20'enr_callbackprofile'").rows
                .isEmpty)
        let made = await client.send("POST", "EntityDefinitions", Self.table)
        #expect(made.status == 204)
        #expect(made.response.headers["OData-EntityId"]?.hasPrefix("\(DataverseClient.root)EntityDefinitions(") == true)
        let found = await client.get("\(path)?$select=EntitySetName,PrimaryIdAttribute,PrimaryNameAttribute,OwnershipType").json
        #expect(found["EntitySetName"] == "enr_callbackprofiles")
        #expect(found["PrimaryIdAttribute"] == "enr_callbackprofileid")
        #expect(found["PrimaryNameAttribute"] == "enr_name")
        #expect(found["OwnershipType"] == "OrganizationOwned")
        #expect(found["MetadataId"]?.string == made.id)
        let again = await client.send("POST", "EntityDefinitions", Self.table)
        #expect(again.status == 400)
        #expect(again.message.contains("already exists"))

        let row = try #require(await client.send("POST", "enr_callbackprofiles", ["enr_name": "Day"]).id)
        #expect(await client.get("enr_callbackprofiles(\(row))").json["enr_name"] == "Day")
        #expect(await client.send("POST", "enr_callbackprofiles", ["enr_Name": "Day"]).code == "0x80048d19")
        let whole = await client.get(path)
        var definition = try #require(whole.json.object)
        definition["ChangeTrackingEnabled"] = true
        definition["DisplayName"] = Self.label("Profile")
        #expect(
            await client.send("PUT", path, .object(definition), headers: ["MSCRM.MergeLabels": "true"]).status == 204)
        let changed = await client.get("\(path)?$select=DisplayName,ChangeTrackingEnabled").json
        #expect(changed["ChangeTrackingEnabled"] == true)
        #expect(changed["DisplayName"]?["UserLocalizedLabel"]?["Label"] == "Profile")
        #expect(await client.get("enr_callbackprofiles", headers: ["Prefer": "odata.track-changes"]).status == 200)
        #expect(await client.send("DELETE", "EntityDefinitions(LogicalName='contact')").status == 400)
        #expect(await client.send("DELETE", path).status == 204)
        #expect(await client.get("enr_callbackprofiles").status == 404)
        #expect(await client.get(path).status == 404)
    }

    @Test("columns of every type are made once, take what they hold and are deleted")
    func columns() async throws {
        _ = await client.send("POST", "EntityDefinitions", Self.table)
        let columns: [JSON] = [
            Self.column("String", "enr_Text", ["MaxLength": 5]), Self.column("Memo", "enr_Memo"),
            Self.column("Integer", "enr_Number", ["MinValue": 0, "MaxValue": 9]), Self.column("BigInt", "enr_Big"),
            Self.column("Decimal", "enr_Decimal"),
            Self.column(
                "Boolean", "enr_Flag",
                [
                    "OptionSet": [
                        "TrueOption": ["Value": 1, "Label": Self.label("On")],
                        "FalseOption": ["Value": 0, "Label": Self.label("Off")],
                    ]
                ]),
            Self.column("DateTime", "enr_When", ["DateTimeBehavior": ["Value": "TimeZoneIndependent"]]),
            Self.column("DateTime", "enr_Day", ["Format": "DateOnly", "DateTimeBehavior": ["Value": "DateOnly"]]),
            Self.column(
                "Picklist", "enr_Choice",
                ["OptionSet": ["IsGlobal": false, "Options": [["Value": 727_000_000, "Label": Self.label("One")]]]]),
        ]
        for column in columns {
            let made = await add(column)
            #expect(made.status == 204)
            #expect(made.response.headers["OData-EntityId"]?.contains(")/Attributes(") == true)
        }
        let twice = await add(columns[0])
        #expect(twice.status == 400)
        #expect(twice.code == "0x80047013")
        let good: JSON = [
            "enr_text": "abcde", "enr_number": 9, "enr_big": 5_000_000_000, "enr_decimal": 1.5, "enr_flag": true,
            "enr_when": "2026-03-02T10:00:00Z", "enr_day": "2026-03-02", "enr_choice": 727_000_000,
        ]
        let id = try #require(await client.send("POST", "enr_callbackprofiles", good).id)
        let row = await client.get(
            "enr_callbackprofiles(\(id))", headers: ["Prefer": #"odata.include-annotations="*""#]
        ).json
        #expect(row["enr_choice@OData.Community.Display.V1.FormattedValue"] == "One")
        #expect(row["enr_flag@OData.Community.Display.V1.FormattedValue"] == "On")
        #expect(row["enr_day"] == "2026-03-02")
        #expect(await client.send("POST", "enr_callbackprofiles", ["enr_text": "abcdef"]).code == "0x80044331")
        #expect(await client.send("POST", "enr_callbackprofiles", ["enr_choice": 1]).code == "0x8004431a")
        #expect(await client.send("POST", "enr_callbackprofiles", ["enr_number": 10]).status == 400)

        let base = "EntityDefinitions(LogicalName='enr_callbackprofile')/Attributes"
        let cast = await client.get(
            "\(base)/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet"
        )
        #expect(cast.rows.count == 1)
        #expect(cast.rows.first?["OptionSet"]?["Options"]?[0]?["Value"] == 727_000_000)
        #expect(cast.rows.first?["GlobalOptionSet"] == JSON.null)
        let text = "\(base)(LogicalName='enr_text')"
        #expect(
            await client.get("\(text)/Microsoft.Dynamics.CRM.StringAttributeMetadata?$select=MaxLength").json["MaxLength"] == 5)
        #expect(await client.get("\(text)?$select=MaxLength").status == 400)
        #expect(await client.get("\(base)/Microsoft.Dynamics.CRM.EnumAttributeMetadata").status == 400)
        let nested = await client.get(
            "EntityDefinitions?$select=LogicalName&$filter=LogicalName%20eq%20'enr_callbackprofile'&$expand=Attributes($select=SchemaName;$filter=IsCustomAttribute%20eq%20true)"
        )
        #expect(nested.rows.first?["Attributes"]?.array?.count == columns.count + 1)
        #expect(await client.send("DELETE", text).status == 204)
        #expect(await client.get(text).status == 404)
        #expect(await client.get("enr_callbackprofiles(\(id))").json["enr_text"] == nil)
        #expect(await add(columns[0]).status == 204)
        #expect(await client.get("enr_callbackprofiles(\(id))").json["enr_text"] == JSON.null)
    }

    @Test("a global choice serves columns of several tables and grows for all of them")
    func choices() async throws {
        let made = await client.send(
            "POST", "GlobalOptionSetDefinitions",
            [
                "Name": "enr_kind", "IsGlobal": true, "OptionSetType": "Picklist",
                "Options": [["Value": 1, "Label": Self.label("A")]],
            ])
        let id = try #require(made.id)
        for table in ["contact", "phonecall"] {
            let column = Self.column(
                "Picklist", "enr_Kind", ["GlobalOptionSet@odata.bind": .string("/GlobalOptionSetDefinitions(\(id))")])
            #expect(await add(column, to: table).status == 204)
        }
        #expect(await client.send("POST", "contacts", ["enr_kind": 2]).code == "0x8004431a")
        let inserted = await client.send(
            "POST", "InsertOptionValue", ["OptionSetName": "enr_kind", "Value": 2, "Label": Self.label("B")])
        #expect(inserted.json["NewOptionValue"] == 2)
        #expect(await client.send("POST", "contacts", ["enr_kind": 2]).status == 204)
        let column = await client.get(
            "EntityDefinitions(LogicalName='contact')/Attributes(LogicalName='enr_kind')/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet,GlobalOptionSet"
        ).json
        #expect(column["OptionSet"] == JSON.null)
        #expect(column["GlobalOptionSet"]?["Name"] == "enr_kind")
        #expect(await client.send("DELETE", "GlobalOptionSetDefinitions(Name='enr_kind')").code == "0x8004f01f")
        let status = await client.send(
            "POST", "InsertStatusValue",
            [
                "EntityLogicalName": "phonecall", "AttributeLogicalName": "statuscode", "StateCode": 2,
                "Label": Self.label("No answer"), "Value": 727_000_001,
            ])
        #expect(status.json["NewOptionValue"] == 727_000_001)
        let call = try #require(await client.send("POST", "phonecalls", ["subject": "x"]).id)
        #expect(await client.send("PATCH", "phonecalls(\(call))", ["statecode": 2, "statuscode": 727_000_001]).status == 204)
    }

    @Test("a relationship makes a lookup with the navigation name it tells")
    func relationships() async throws {
        _ = await client.send("POST", "EntityDefinitions", Self.table)
        let body: JSON = [
            "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata", "SchemaName": "enr_callbackprofile_phonecall",
            "ReferencedEntity": "enr_callbackprofile", "ReferencingEntity": "phonecall",
            "CascadeConfiguration": ["Delete": "RemoveLink"],
            "Lookup": [
                "@odata.type": "Microsoft.Dynamics.CRM.LookupAttributeMetadata", "AttributeType": "Lookup",
                "SchemaName": "enr_CallbackProfileId", "DisplayName": Self.label("Profile"),
            ],
        ]
        #expect(await client.send("POST", "RelationshipDefinitions", body).status == 204)
        #expect(await client.send("POST", "RelationshipDefinitions", body).status == 400)
        let path = "RelationshipDefinitions(SchemaName='enr_callbackprofile_phonecall')"
        let made = await client.get("\(path)/Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata").json
        let navigation = try #require(made["ReferencingEntityNavigationPropertyName"]?.string)
        #expect(navigation == "enr_CallbackProfileId_PhoneCall")
        let profile = try #require(await client.send("POST", "enr_callbackprofiles", ["enr_name": "Day"]).id)
        let call = try #require(
            await client.send(
                "POST", "phonecalls",
                ["subject": "x", "\(navigation)@odata.bind": .string("/enr_callbackprofiles(\(profile))")]
            ).id)
        let read = await client.get("phonecalls(\(call))?$expand=\(navigation)($select=enr_name)").json
        #expect(read["_enr_callbackprofileid_value"]?.string == profile)
        #expect(read[navigation]?["enr_name"] == "Day")
        let calls = await client.get("enr_callbackprofiles(\(profile))/enr_callbackprofile_phonecall?$select=subject")
        #expect(calls.rows.count == 1)
        let many = await client.get(
            "RelationshipDefinitions/Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata?$select=SchemaName&$filter=ReferencedEntity%20eq%20'enr_callbackprofile'"
        )
        #expect(many.rows.contains { $0["SchemaName"] == "enr_callbackprofile_phonecall" })
        #expect(await client.send("DELETE", "EntityDefinitions(LogicalName='enr_callbackprofile')").code == "0x8004f01f")
        #expect(await client.send("DELETE", "enr_callbackprofiles(\(profile))").status == 204)
        #expect(await client.get("phonecalls(\(call))").json["_enr_callbackprofileid_value"] == JSON.null)
        #expect(await client.send("DELETE", path).status == 204)
        #expect(await client.get("phonecalls(\(call))").json["_enr_callbackprofileid_value"] == nil)
        #expect(await client.send("DELETE", "EntityDefinitions(LogicalName='enr_callbackprofile')").status == 204)
    }

    @Test("publishing wants tables that exist; only one customisation runs at a time")
    func publishing() async throws {
        let xml: (String) -> JSON = { name in
            ["ParameterXml": .string("<importexportxml><entities><entity>\(name)</entity></entities></importexportxml>")]
        }
        #expect(await client.send("POST", "PublishXml", xml("phonecall")).status == 204)
        #expect(await client.send("POST", "PublishXml", xml("enr_nothing")).status == 400)
        #expect(await client.send("POST", "PublishAllXml", [:]).status == 204)

        let slow = DataverseClient(clock: ManualClock(standsStill: true)) { $0.latency.metadata = 5 }
        #expect(await slow.send("POST", "PublishAllXml", [:]).status == 204)
        #expect(await slow.send("POST", "EntityDefinitions", Self.table).code == "0x80071151")
        slow.clock.advance(5)
        #expect(await slow.send("POST", "EntityDefinitions", Self.table).status == 204)
    }

    @Test("several tables are made in one call, of complex types, and of none else")
    func complexTypes() async throws {
        func table(_ name: String, complex: String, _ columns: [JSON]) -> JSON {
            [
                "@odata.type": .string("Microsoft.Dynamics.CRM.\(complex)EntityMetadata"), "SchemaName": .string(name),
                "DisplayName": Self.label(name), "DisplayCollectionName": Self.label(name + "s"), "OwnershipType": "UserOwned",
                "Attributes": .array(columns),
            ]
        }
        let name = Self.column("String", "enr_Name", ["IsPrimaryName": true, "MaxLength": 50], complex: "Complex")
        let kind = Self.column(
            "Picklist", "enr_Kind",
            [
                "OptionSet": [
                    "@odata.type": "Microsoft.Dynamics.CRM.ComplexOptionSetMetadata", "IsGlobal": false,
                    "Options": [["Value": 1, "Label": Self.label("One")]],
                ]
            ], complex: "Complex")
        let whole = Self.column("Integer", "enr_Count", complex: "Complex")
        let body: JSON = [
            "Entities": [
                table("enr_First", complex: "Complex", [name, kind]), table("enr_Second", complex: "Complex", [name, whole]),
            ]
        ]
        let made = await client.send("POST", "CreateEntities", body)
        #expect(made.status == 204, "\(made.message)")
        #expect(await client.send("POST", "enr_firsts", ["enr_name": "a", "enr_kind": 1]).status == 204)
        #expect(await client.send("POST", "enr_seconds", ["enr_name": "a", "enr_count": 3]).status == 204)

        let entityType = await client.send("POST", "CreateEntities", ["Entities": [table("enr_Third", complex: "", [name])]])
        #expect(entityType.status == 400 && entityType.message.contains("ComplexEntityMetadata"))
        let columnType = await client.send(
            "POST", "CreateEntities", ["Entities": [table("enr_Third", complex: "Complex", [Self.column("String", "enr_Name")])]])
        #expect(columnType.status == 400 && columnType.message.contains("ComplexAttributeMetadata"))
        #expect(await client.get("EntityDefinitions(LogicalName='enr_third')").status == 404)
    }

    @Test("one query tells of tables, their columns, keys and relationships")
    func changes() async throws {
        _ = await client.send("POST", "EntityDefinitions", Self.table)
        let choice: JSON = ["OptionSet": ["IsGlobal": false, "Options": [["Value": 5, "Label": Self.label("Five")]]]]
        #expect(await add(Self.column("Picklist", "enr_Choice", ["OptionSet": choice["OptionSet"]!])).status == 204)
        func condition(_ property: String, _ comparison: String, _ value: JSON) -> JSON {
            [
                "PropertyName": .string(property), "ConditionOperator": .string(comparison),
                "Value": ["Type": "System.String", "Value": value],
            ]
        }
        func ask(_ query: JSON, _ more: String = "") async -> Answer {
            let text =
                String(decoding: query.encoded, as: UTF8.self)
                .addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            return await client.get("RetrieveMetadataChanges(Query=@p1\(more))?@p1=\(text)")
        }
        let query: JSON = [
            "Criteria": [
                "FilterOperator": "Or",
                "Conditions": [
                    condition("LogicalName", "Equals", "enr_callbackprofile"), condition("LogicalName", "In", ["team"]),
                ],
            ],
            "Properties": ["AllProperties": false, "PropertyNames": ["SchemaName", "Attributes", "Keys"]],
            "AttributeQuery": [
                "Criteria": [
                    "Conditions": [
                        condition("AttributeType", "Equals", "Picklist"), condition("IsValidForCreate", "NotEquals", "false"),
                    ]
                ],
                "Properties": ["PropertyNames": ["OptionSet", "DisplayName"]],
            ],
        ]
        let answer = await ask(query)
        #expect(answer.status == 200, "\(answer.message)")
        #expect(
            answer.json["@odata.context"]?.string?.hasSuffix("#Microsoft.Dynamics.CRM.RetrieveMetadataChangesResponse") == true)
        #expect(answer.json["ServerVersionStamp"]?.string?.contains("!") == true)
        let tables = answer.json["EntityMetadata"]?.array ?? []
        #expect(Set(tables.compactMap { $0["LogicalName"]?.string }) == ["enr_callbackprofile", "team"])
        let profile = try #require(tables.first { $0["LogicalName"] == "enr_callbackprofile" })
        #expect(profile["SchemaName"] == "enr_CallbackProfile" && profile["EntitySetName"] == nil)
        #expect(profile["Keys"]?.array?.isEmpty == true && profile["OneToManyRelationships"] == nil)
        #expect(profile["Attributes"]?.array?.count == 1)
        let column = try #require(profile["Attributes"]?[0])
        #expect(column["@odata.type"] == "#Microsoft.Dynamics.CRM.ComplexPicklistAttributeMetadata")
        #expect(column["LogicalName"] == "enr_choice" && column["SchemaName"] == nil)
        #expect(column["OptionSet"]?["Options"]?[0]?["Value"] == 5)

        let all = await ask(["Properties": ["AllProperties": true]])
        #expect(all.json["EntityMetadata"]?.array?.allSatisfy { $0["Attributes"]?.array?.isEmpty == false } == true)
        #expect(await ask([:], ",ClientVersionStamp='1!01%2F01%2F2026%2000:00:00'").code == "0x80044352")
        #expect(await client.get("RetrieveMetadataChanges(Query=@p1)?@p1=nothing").status == 400)
        #expect(await client.get("RetrieveNothing()").status == 404)
    }

    @Test("what is new stays unseen by cached reads for a while")
    func caching() async {
        let client = DataverseClient { $0.metadataCacheSeconds = 30 }
        client.clock.advance(100)
        _ = await client.send("POST", "EntityDefinitions", Self.table)
        let path = "EntityDefinitions(LogicalName='enr_callbackprofile')"
        #expect(await client.get(path).status == 404)
        #expect(await client.get(path, headers: ["Consistency": "Strong"]).status == 200)
        client.clock.advance(31)
        #expect(await client.get(path).status == 200)
    }
}
