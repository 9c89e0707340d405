import Sandbox
import Testing

@Suite("Simulated bulk messages")
struct BulkTests {
    let client = DataverseClient()

    private func id(_ number: Int) -> String { "cccccccc-0000-4000-8000-00000000000\(number)" }

    private func target(_ number: Int, _ name: String, type: String = "contact") -> JSON {
        [
            "@odata.type": .string("Microsoft.Dynamics.CRM.\(type)"), "contactid": .string(id(number)),
            "lastname": .string(name),
        ]
    }

    private func send(_ message: String, _ targets: [JSON], to set: String = "contacts") async -> Answer {
        await client.send("POST", "\(set)/Microsoft.Dynamics.CRM.\(message)", ["Targets": .array(targets)])
    }

    @Test("write all of their rows or none")
    func transactions() async {
        let made = await send("CreateMultiple", [target(1, "A"), target(2, "B")])
        #expect(made.status == 200)
        #expect(made.json["Ids"] == .array([.string(id(1)), .string(id(2))]))
        #expect(made.json["@odata.context"]?.string?.hasSuffix("#Microsoft.Dynamics.CRM.CreateMultipleResponse") == true)
        let again = await send("CreateMultiple", [target(3, "C"), target(1, "A")])
        #expect(again.status == 412)
        #expect(again.code == "0x80040237")
        #expect(client.dataverse.count("contacts") == 2)
        #expect(await send("UpdateMultiple", [target(1, "X"), target(2, "Y")]).status == 204)
        let missing = await send("UpdateMultiple", [target(1, "Z"), target(3, "C")])
        #expect(missing.status == 404)
        #expect(missing.message == "Contact With Ids = \(id(3)) Do Not Exist")
        #expect(await client.get("contacts(\(id(1)))").json["lastname"] == "X")
        #expect(await send("UpsertMultiple", [target(1, "Q"), target(3, "C")]).status == 204)
        #expect(client.dataverse.count("contacts") == 3)
        #expect(await send("DeleteMultiple", [target(1, "Q")]).message == "DeleteMultiple has not yet been implemented.")
        #expect(await send("CreateMultiple", [["lastname": "no type"]]).status == 400)
        #expect(await send("CreateMultiple", [target(4, "D", type: "account")]).status == 400)
    }

    @Test("are not offered on phone calls, as the message filters say")
    func availability() async {
        let filter = "sdkmessagefilters?$select=sdkmessagefilterid&$filter=sdkmessageid/name%20eq%20'CreateMultiple'%20and%20"
        #expect(await client.get(filter + "primaryobjecttypecode%20eq%20'phonecall'").rows.isEmpty)
        #expect(await client.get(filter + "primaryobjecttypecode%20eq%20'contact'").rows.count == 1)
        #expect(await send("CreateMultiple", [["subject": "x"]], to: "phonecalls").status == 404)
    }

    @Test("count each row, and take an alternate key for an upsert")
    func keys() async throws {
        let client = DataverseClient {
            $0.alternateKeys = [("account", ["accountnumber"])]
            $0.latency.create = 1
            $0.latency.bulkRow = 0.5
        }
        let upsert: (String) -> JSON = { name in
            [
                "Targets": [
                    [
                        "@odata.type": "Microsoft.Dynamics.CRM.account", "@odata.id": "accounts(accountnumber='7')",
                        "name": .string(name),
                    ]
                ]
            ]
        }
        let path = "accounts/Microsoft.Dynamics.CRM.UpsertMultiple"
        #expect(await client.send("POST", path, upsert("A")).status == 204)
        #expect(await client.send("POST", path, upsert("B")).status == 204)
        #expect(await client.get("accounts(accountnumber='7')").json["name"] == "B")
        let before = client.dataverse.limitFigures()
        let targets: [JSON] = (0..<3).map { ["@odata.type": "Microsoft.Dynamics.CRM.account", "name": .string("N\($0)")] }
        _ = await client.send("POST", "accounts/Microsoft.Dynamics.CRM.CreateMultiple", ["Targets": .array(targets)])
        let after = client.dataverse.limitFigures()
        #expect(after.requests - before.requests == 1)
        #expect(after.operations - before.operations == 3)
        #expect(after.usedSeconds - before.usedSeconds == 2)
    }
}
