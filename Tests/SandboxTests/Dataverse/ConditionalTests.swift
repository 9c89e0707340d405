import Sandbox
import Testing

@Suite("Conditions on simulated writes and reads")
struct ConditionalTests {
    let client = DataverseClient()
    let path = "contacts(cccccccc-0000-4000-8000-000000000001)"

    private func etag() async -> String {
        await client.get("\(path)?$select=contactid").json["@odata.etag"]?.string ?? ""
    }

    @Test("create only, update only, upsert, and the word null")
    func forms() async {
        let missing = await client.send("PATCH", path, ["lastname": "A"], headers: ["If-Match": "*"])
        #expect(missing.status == 404)
        #expect(missing.code == "0x80040217")
        #expect(missing.message == "Entity 'Contact' With Id = cccccccc-0000-4000-8000-000000000001 Does Not Exist")
        #expect(await client.send("PATCH", path, ["lastname": "A"], headers: ["If-None-Match": "null"]).status == 204)
        let again = await client.send("PATCH", path, ["lastname": "B"], headers: ["If-None-Match": "*"])
        #expect(again.status == 412)
        #expect(again.code == "0x80040237")
        #expect(again.message == "A record with matching key values already exists.")
        let posted = await client.send("POST", "contacts", ["contactid": "cccccccc-0000-4000-8000-000000000001"])
        #expect(posted.status == 412)
        #expect(posted.message == "Cannot insert duplicate key.")
        #expect(await client.send("PATCH", path, ["lastname": "C"]).status == 204)
        #expect(await client.get(path).json["lastname"] == "C")
    }

    @Test("ETags guard updates and deletions and follow every write")
    func etags() async {
        _ = await client.send("PATCH", path, ["lastname": "A"])
        let first = await etag()
        #expect(await client.send("PATCH", path, ["lastname": "B"], headers: ["If-Match": .init(first)]).status == 204)
        let stale = await client.send("PATCH", path, ["lastname": "C"], headers: ["If-Match": first])
        #expect(stale.status == 412)
        #expect(stale.code == "0x80060882")
        let second = await etag()
        #expect(second != first)
        #expect(await client.get(path, headers: ["If-None-Match": second]).status == 304)
        #expect(await client.get(path, headers: ["If-None-Match": first]).status == 200)
        #expect(
            await client.get(path, headers: ["If-None-Match": second, "Prefer": #"odata.include-annotations="*""#]).status == 200)
        #expect(await client.get(path).json["versionnumber"]?.integer.map { "W/\"\($0)\"" } == second)
        #expect(await client.send("DELETE", path, headers: ["If-Match": first]).status == 412)
        #expect(await client.send("DELETE", path, headers: ["If-Match": "*"]).status == 204)
        #expect(await client.send("DELETE", path).status == 404)
    }

    @Test("a representation tells creation from update")
    func representation() async {
        let prefer: SandboxHeaders = ["Prefer": "return=representation"]
        let created = await client.send("PATCH", "\(path)?$select=lastname", ["lastname": "A"], headers: prefer)
        #expect(created.status == 201)
        #expect(created.response.headers["OData-EntityId"] == nil)
        #expect(created.response.headers["Preference-Applied"] == "return=representation")
        #expect(created.json["lastname"] == "A")
        #expect(created.json["@odata.context"]?.string?.hasSuffix("#contacts(lastname)/$entity") == true)
        #expect(await client.send("PATCH", path, ["lastname": "B"], headers: prefer).status == 200)
        #expect(await client.send("POST", "contacts", ["lastname": "B"], headers: prefer).status == 201)
    }

    @Test("alternate keys answer with the key as sent, and undeclared ones are refused")
    func alternateKeys() async {
        let client = DataverseClient { $0.alternateKeys = [("phonecall", ["enr_callid"])] }
        let created = await client.send("PATCH", "phonecalls(enr_callid='abc')", ["subject": "x"])
        #expect(created.status == 204)
        #expect(created.response.headers["OData-EntityId"] == "\(DataverseClient.root)phonecalls(enr_callid='abc')")
        #expect(await client.send("PATCH", "phonecalls(enr_callid='abc')", ["subject": "y"]).status == 204)
        #expect(client.dataverse.count("phonecalls") == 1)
        #expect(await client.get("phonecalls(enr_callid='abc')").json["enr_callid"] == "abc")
        let duplicate = await client.send("POST", "phonecalls", ["subject": "z", "enr_callid": "ABC"])
        #expect(duplicate.status == 412)
        #expect(duplicate.code == "0x80060892")
        let undeclared = await self.client.send("PATCH", "phonecalls(enr_callid='abc')", ["subject": "x"])
        #expect(undeclared.status == 400)
        #expect(
            undeclared.message.hasPrefix(
                "The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.phonecall'."))
        #expect(await self.client.get("systemusers(systemuserid=33333333-4444-4555-8666-777777777777)").status == 400)
    }

    @Test("a lookup is cleared by null and by deleting its reference; columns have URLs of their own")
    func columns() async throws {
        try client.dataverse.seed("accounts", [["accountid": "aaaaaaaa-0000-4000-8000-000000000001", "name": "Contoso"]])
        let bind: JSON = [
            "lastname": "A", "parentcustomerid_account@odata.bind": "accounts(aaaaaaaa-0000-4000-8000-000000000001)",
        ]
        _ = await client.send("PATCH", path, bind)
        _ = await client.send("PATCH", path, ["parentcustomerid_account@odata.bind": nil])
        #expect(await client.get(path).json["_parentcustomerid_value"] == JSON.null)
        _ = await client.send("PATCH", path, bind)
        #expect(await client.send("DELETE", "\(path)/parentcustomerid_account/$ref").status == 204)
        #expect(await client.get(path).json["_parentcustomerid_value"] == JSON.null)
        let reference: JSON = ["@odata.id": .string("\(DataverseClient.root)accounts(aaaaaaaa-0000-4000-8000-000000000001)")]
        #expect(await client.send("PUT", "\(path)/parentcustomerid_account/$ref", reference).status == 204)
        #expect(await client.send("PUT", "\(path)/telephone1", ["value": "+31201"]).status == 204)
        #expect(await client.get(path).json["telephone1"] == "+31201")
        #expect(await client.send("DELETE", "\(path)/telephone1").status == 204)
        #expect(await client.get("\(path)/telephone1").status == 204)
        #expect(await client.send("PATCH", path, ["_parentcustomerid_value": "x"]).code == "0x80048d19")
    }
}
