import Sandbox
import Testing

@Suite("A simulated phone call")
struct PhoneCallTests {
    let client = DataverseClient()
    let id = "6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10"

    @Test("is created open with the client's id and completed by a second write")
    func life() async throws {
        let created = await client.send(
            "PATCH", "phonecalls(\(id))", ["subject": "Inbound", "directioncode": false], headers: ["If-None-Match": "*"])
        #expect(created.status == 204)
        #expect(created.response.headers["OData-EntityId"] == "\(DataverseClient.root)phonecalls(\(id))")
        #expect(created.response.headers["Location"] == created.response.headers["OData-EntityId"])

        var row = await client.get("phonecalls(\(id))?$select=statecode,statuscode,actualend").json
        #expect(row["statecode"] == 0)
        #expect(row["statuscode"] == 1)
        #expect(row["actualend"] == JSON.null)

        let completed = await client.send(
            "PATCH", "phonecalls(\(id))", ["statecode": 1, "statuscode": 4], headers: ["If-Match": "*"])
        #expect(completed.status == 204)
        row = await client.get("phonecalls(\(id))").json
        #expect(row["statecode"] == 1)
        #expect(row["statuscode"] == 4)
        #expect(row["actualend"] == "2026-03-02T10:00:00Z")
        #expect(row["activitytypecode"] == "phonecall")
        #expect(row["_ownerid_value"]?.string == DataverseApplication.demo.userID)
    }

    @Test("refuses a status reason of another state, on creation and later")
    func status() async {
        let created = await client.send("POST", "phonecalls", ["subject": "x", "statuscode": 4])
        #expect(created.status == 400)
        #expect(created.code == "0x80048408")
        #expect(created.message.hasPrefix("4 is not a valid status code for state code PhoneCallState.Open on phonecall with Id"))
        _ = await client.send("PATCH", "phonecalls(\(id))", ["subject": "x"])
        let updated = await client.send("PATCH", "phonecalls(\(id))", ["statuscode": 2])
        #expect(updated.code == "0x80048408")
        let alone = await client.send("PATCH", "phonecalls(\(id))", ["statecode": 1])
        #expect(alone.status == 204)
        #expect(await client.get("phonecalls(\(id))").json["statuscode"] == 2)
    }

    @Test("explodes its parties and adds those of regarding and owner")
    func parties() async {
        let contact = await client.send("POST", "contacts", ["firstname": "Ann", "lastname": "Smith"]).id!
        let user = DataverseApplication.demo.userID!
        let created = await client.send(
            "POST", "phonecalls",
            [
                "activityid": .string(id), "subject": "x",
                "regardingobjectid_contact_phonecall@odata.bind": .string("/contacts(\(contact))"),
                "phonecall_activity_parties": [
                    ["participationtypemask": 1, "partyid_contact@odata.bind": .string("contacts(\(contact))")],
                    [
                        "participationtypemask": 2,
                        "partyid_systemuser@odata.bind": .string("\(DataverseClient.root)systemusers(\(user))"),
                    ],
                    ["participationtypemask": 2, "addressused": "+31205550101"],
                ],
            ])
        #expect(created.status == 204)
        let row = await client.get(
            "phonecalls(\(id))?$expand=phonecall_activity_parties($select=participationtypemask,_partyid_value,addressused)"
        ).json
        let masks = row["phonecall_activity_parties"]?.array?.compactMap { $0["participationtypemask"]?.integer }.sorted()
        #expect(masks == [1, 2, 2, 8, 9])
        #expect(row["_regardingobjectid_value"]?.string == contact)
        let byParty = await client.get(
            "phonecalls?$select=subject&$filter=phonecall_activity_parties/any(p:p/participationtypemask%20eq%201%20and%20p/_partyid_value"
                + "%20eq%20\(contact))")
        #expect(byParty.rows.count == 1)
    }

    @Test(
        "is refused with the vendor's code when a value does not fit",
        arguments: [
            (["subject": .string(String(repeating: "a", count: 201))], 400, "0x80044331"),
            (["nosuchcolumn": 1], 400, "0x80048d19"),
            (["subject": 5], 400, "0x80048d19"),
            (["prioritycode": 7], 400, "0x8004431a"),
            (["actualdurationminutes": -1], 400, "0x80040203"),
            (["scheduledstart": "2026-02-30T00:00:00Z"], 400, "0x80048d19"),
            (["regardingobjectid_contact@odata.bind": "/contacts(00000000-0000-0000-0000-00000000abcd)"], 404, "0x80040217"),
            (["phonecall_activity_parties": [["participationtypemask": 1]]], 400, "0x80040203"),
            (["phonecall_activity_parties": [["participationtypemask": 99, "addressused": "x"]]], 400, "0x8004431a"),
        ] as [(JSON, Int, String)])
    func refusals(body: JSON, status: Int, code: String) async {
        let answer = await client.send("POST", "phonecalls", body)
        #expect(answer.status == status)
        #expect(answer.code == code)
        #expect(client.dataverse.count("phonecalls") == 0)
        #expect(client.dataverse.count("activityparties") == 0)
    }
}
