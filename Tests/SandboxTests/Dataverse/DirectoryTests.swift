import Sandbox
import Testing

@Suite("A simulated directory")
struct DirectoryTests {
    let client = DataverseClient()
    let annotations: SandboxHeaders = ["Prefer": "odata.maxpagesize=5000"]

    private func tracked(_ url: String) async -> Answer {
        await client.get(url, headers: ["Prefer": "odata.track-changes,odata.maxpagesize=5000"])
    }

    private func below(_ url: String?) -> String { String((url ?? "").dropFirst(DataverseClient.root.count)) }

    @Test("of a million contacts is made at once, paged through, and tells its changes", .timeLimit(.minutes(15)))
    func million() async throws {
        try client.dataverse.generate(GeneratedDirectory(contacts: 1_000_000, accounts: 100_000, leads: 1000, seed: 7))
        #expect(client.dataverse.count("contacts") == 1_000_000)
        var path = "contacts?$select=fullname,telephone1,mobilephone,modifiedon,statecode,_parentcustomerid_value,_ownerid_value"
        var pages = 0
        // The first pages show that none costs more than another; all two hundred are for the benchmarks.
        while pages < 4 {
            let page = await tracked(path)
            #expect(page.rows.count == 5000)
            pages += 1
            path = below(page.json["@odata.nextLink"]?.string)
        }
        let last = await client.get("contacts?$select=lastname&$filter=emailaddress1%20eq%20'aino.koskinen.999936@example.com'")
        #expect(last.rows.count == 1)
        let number = try #require(GeneratedNumbers(seed: 7).mobile(ofContact: 999_936))
        let byNumber = await client.get(
            "contacts?$select=emailaddress1&$filter=mobilephone%20eq%20'\(number.replacing("+", with: "%2B"))'")
        #expect(byNumber.rows.first?["emailaddress1"] == "aino.koskinen.999936@example.com")
        let leads = await tracked("leads?$select=telephone1")
        let id = try #require(leads.rows.first?["leadid"]?.string)
        #expect(leads.rows.first?["telephone1"]?.string == GeneratedNumbers(seed: 7).telephone(ofLead: 0))
        _ = await client.send("PATCH", "leads(\(id))", ["telephone1": "+358409999999"])
        _ = await client.send("DELETE", "leads(\(leads.rows[1]["leadid"]?.string ?? ""))")
        let delta = await tracked(below(leads.json["@odata.deltaLink"]?.string))
        #expect(delta.rows.count == 2)
        #expect(delta.rows[0]["telephone1"] == "+358409999999")
        #expect(delta.rows[1]["reason"] == "deleted")
        let found = await client.get("leads?$select=subject&$filter=telephone1%20eq%20'%2B358409999999'")
        #expect(found.rows.first?["subject"] == "Interest 0")
        #expect(throws: DataverseAdminError.self) { try client.dataverse.generate(GeneratedDirectory(leads: 1, seed: 7)) }
    }

    @Test("is the same for the same seed, with every way to type a number")
    func seeds() async throws {
        let other = DataverseClient()
        for one in [client, other] { try one.dataverse.generate(GeneratedDirectory(contacts: 500, accounts: 50, seed: 3)) }
        let rows = await client.get("contacts?$select=fullname,telephone1,mobilephone,_parentcustomerid_value").rows
        let again = await other.get("contacts?$select=fullname,telephone1,mobilephone,_parentcustomerid_value").rows
        #expect(rows.compactMap { $0["mobilephone"] } == again.compactMap { $0["mobilephone"] })
        #expect(Set(rows.compactMap { $0["mobilephone"]?.string }).count == rows.filter { $0["mobilephone"] != JSON.null }.count)
        let numbers = GeneratedNumbers(seed: 3)
        for (place, row) in rows.enumerated() where place < 16 {
            guard let typed = row["mobilephone"]?.string else { continue }
            let digits = typed.replacing("(0)", with: "").filter(\.isNumber)
            #expect(numbers.mobile(ofContact: place)?.hasSuffix(digits.suffix(9)) == true)
        }
        let account = try #require(rows[0]["_parentcustomerid_value"]?.string)
        let people = await client.get("accounts(\(account))/contact_customer_accounts?$select=fullname")
        #expect(people.rows.count == rows.filter { $0["_parentcustomerid_value"]?.string == account }.count)
        #expect(await client.get("contacts?$filter=statecode%20eq%201&$count=true").json["@odata.count"] == 5)
        #expect(await client.get("contacts/$count").text.hasSuffix("500"))
    }

    @Test("has leads with all their phone columns, and companies' numbers")
    func phones() async throws {
        let columns = ["telephone1", "telephone2", "telephone3", "mobilephone", "pager", "fax", "address1_telephone3"]
        var lead = JSONObject(["lastname": "Salo", "subject": "x"])
        for column in columns { lead[column] = .string(column) }
        let id = try #require(await client.send("POST", "leads", .object(lead)).id)
        let row = await client.get("leads(\(id))?$select=\(columns.joined(separator: ",")),statecode,modifiedon,_ownerid_value")
            .json
        for column in columns { #expect(row[column]?.string == column) }
        #expect(row["statecode"] == 0)
        #expect(row["_ownerid_value"]?.string == DataverseApplication.demo.userID)
    }

    @Test("merges two contacts: the loser is inactive and remembers the winner")
    func merge() async throws {
        let winner = try #require(await client.send("POST", "contacts", ["lastname": "A", "telephone1": "1"]).id)
        let loser = try #require(await client.send("POST", "contacts", ["lastname": "B", "mobilephone": "2"]).id)
        let call = try #require(
            await client.send(
                "POST", "phonecalls",
                ["subject": "x", "regardingobjectid_contact_phonecall@odata.bind": .string("/contacts(\(loser))")]
            ).id)
        let contact: (String) -> JSON = { ["@odata.type": "Microsoft.Dynamics.CRM.contact", "contactid": .string($0)] }
        let tracked = await tracked("contacts?$select=lastname,statecode,mobilephone,_masterid_value,merged")
        let order: JSON = [
            "Target": contact(winner), "Subordinate": contact(loser), "PerformParentingChecks": false,
            "UpdateContent": ["@odata.type": "Microsoft.Dynamics.CRM.contact", "mobilephone": "2"],
        ]
        #expect(await client.send("POST", "Merge", order).status == 204)
        let delta = await self.tracked(below(tracked.json["@odata.deltaLink"]?.string))
        #expect(delta.rows.count == 2)
        #expect(delta.rows[0]["mobilephone"] == "2")
        #expect(delta.rows[1]["statecode"] == 1)
        #expect(delta.rows[1]["merged"] == true)
        #expect(delta.rows[1]["_masterid_value"]?.string == winner)
        #expect(await client.get("phonecalls(\(call))").json["_regardingobjectid_value"]?.string == winner)
        #expect(await client.send("POST", "Merge", order).status == 400)
        let third = try #require(await client.send("POST", "contacts", ["lastname": "C"]).id)
        try client.dataverse.merge("contacts", loser: third, into: winner)
        #expect(await client.get("contacts(\(third))").json["_masterid_value"]?.string == winner)
    }

    @Test("keeps the rows that say where virtual tables come from")
    func virtualTables() async throws {
        let source: JSON = [
            "msdyn_name": "Hub", "msdyn_uri": "https://hub.example/odata/", "msdyn_timeout": 30, "msdyn_paginationtype": 0,
            "msdyn_parameter1name": "X-Api-Key", "msdyn_parameter1value": "secret", "msdyn_isparameter1header": true,
        ]
        let row = try #require(await client.send("POST", "msdyn_odatav4dses", source).id)
        let providers = await client.get(
            "entitydataproviders?$select=entitydataproviderid,name&$filter=datasourcelogicalname%20eq%20'msdyn_odatav4ds'")
        let provider = try #require(providers.rows.first?["entitydataproviderid"]?.string)
        var table = try #require(MetadataTests.table.object)
        for (name, value) in [
            "DataProviderId": provider, "DataSourceId": row, "ExternalName": "Callbacks", "ExternalCollectionName": "Callbacks",
        ] {
            table[name] = .string(value)
        }
        #expect(await client.send("POST", "EntityDefinitions", .object(table)).status == 204)
        let path = "EntityDefinitions(LogicalName='enr_callbackprofile')"
        let made = await client.get("\(path)?$select=TableType,ExternalName,DataSourceId,ChangeTrackingEnabled").json
        #expect(made["TableType"] == "Virtual")
        #expect(made["DataSourceId"]?.string == row)
        let key = "\(path)/Attributes(LogicalName='enr_callbackprofileid')"
        var column = try #require(await client.get(key).json.object)
        column["ExternalName"] = "Id"
        #expect(await client.send("PUT", key, .object(column)).status == 204)
        #expect(await client.get("\(key)?$select=ExternalName").json["ExternalName"] == "Id")
        #expect(
            await client.send("POST", "\(path)/Keys", ["SchemaName": "enr_K", "KeyAttributes": ["enr_name"]]).status == 400)
    }
}
