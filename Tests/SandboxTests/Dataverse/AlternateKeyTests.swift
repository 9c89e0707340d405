import Sandbox
import Testing

@Suite("Simulated alternate keys")
struct AlternateKeyTests {
    let client = DataverseClient()
    let keys = "EntityDefinitions(LogicalName='phonecall')/Keys"

    private func make(_ name: String, _ columns: [JSON]) async -> Answer {
        await client.send(
            "POST", keys,
            ["SchemaName": .string(name), "DisplayName": MetadataTests.label("Call id"), "KeyAttributes": .array(columns)])
    }

    private func status() async -> String? {
        await client.get("\(keys)?$select=SchemaName,KeyAttributes,EntityKeyIndexStatus").rows.first?["EntityKeyIndexStatus"]?
            .string
    }

    @Test("become active behind the request that made them, and count as undeclared until then")
    func activation() async throws {
        let made = await make("enr_CallIdKey", ["enr_callid"])
        #expect(made.status == 204)
        #expect(await status() == "Pending")
        #expect(await client.send("PATCH", "phonecalls(enr_callid='a')", ["subject": "x"]).status == 400)
        client.clock.advance(0.5)
        #expect(await status() == "InProgress")
        client.clock.advance(0.5)
        #expect(await status() == "Active")
        #expect(await client.send("PATCH", "phonecalls(enr_callid='a')", ["subject": "x"]).status == 204)
        let twice = await client.send("POST", "phonecalls", ["subject": "y", "enr_callid": "A"])
        #expect(twice.status == 412)
        #expect(twice.code == "0x80060892")
        #expect(twice.message.hasPrefix("Entity Key Call id violated. A record with the same value for Call id already exists."))
        #expect(await make("enr_CallIdKey", ["enr_queueid"]).code == "0x80060893")
        #expect(await make("enr_OtherKey", ["enr_callid"]).code == "0x80060894")
        #expect(await make("enr_BadKey", ["description"]).status == 400)
        #expect(
            await client.send("DELETE", "EntityDefinitions(LogicalName='phonecall')/Attributes(LogicalName='enr_callid')").code
                == "0x8004f01f")
        #expect(await client.send("DELETE", "\(keys)(\(made.id ?? ""))").status == 204)
        #expect(await client.get("phonecalls(enr_callid='a')").status == 400)
    }

    @Test("fail over rows that are equal already, until they are built again")
    func failure() async throws {
        let first = try #require(await client.send("POST", "phonecalls", ["subject": "x", "enr_callid": "a"]).id)
        _ = await client.send("POST", "phonecalls", ["subject": "x", "enr_callid": "A"])
        _ = await make("enr_CallIdKey", ["enr_callid"])
        client.clock.advance(1)
        #expect(await status() == "Failed")
        _ = await client.send("DELETE", "phonecalls(\(first))")
        let again: JSON = ["EntityLogicalName": "phonecall", "EntityKeyLogicalName": "enr_callidkey"]
        #expect(await client.send("POST", "ReactivateEntityKey", again).status == 204)
        client.clock.advance(1)
        #expect(await status() == "Active")
        #expect(await client.get("phonecalls(enr_callid='a')").status == 200)
        #expect(await client.get("phonecalls(enr_callid='b')").code == "0x80060891")
    }

    @Test("may name a row by a lookup and a choice")
    func lookups() async throws {
        let client = DataverseClient { $0.alternateKeys = [("contact", ["parentcustomerid", "lastname"])] }
        let account = try #require(await client.send("POST", "accounts", ["name": "Contoso"]).id)
        let path = "contacts(_parentcustomerid_value=\(account),lastname='Salo')"
        #expect(await client.send("PATCH", path, ["firstname": "A"]).status == 204)
        #expect(await client.send("PATCH", path, ["firstname": "B"]).status == 204)
        let read = await client.get(path).json
        #expect(read["firstname"] == "B")
        #expect(read["_parentcustomerid_value"]?.string == account)
        #expect(client.dataverse.count("contacts") == 1)
    }
}
