import Foundation
import Sandbox
import Testing

@Suite("Rights in the simulated environment")
struct RightsTests {
    let client = DataverseClient()
    let user = "33333333-4444-4555-8666-777777777777"

    @Test("a privilege taken away shows in the refusal by its name")
    func privileges() async throws {
        try client.dataverse.seed("contacts", [["contactid": "cccccccc-0000-4000-8000-000000000001", "lastname": "A"]])
        client.dataverse.setRoles(missingPrivileges: ["prvCreateActivity"])
        let refused = await client.send("POST", "phonecalls", ["subject": "x"])
        #expect(refused.status == 403)
        #expect(refused.code == "0x80040220")
        #expect(refused.message.contains("is missing prvCreateActivity privilege"))
        #expect(refused.message.contains("on OTC=4200 for entity 'activitypointer'"))
        client.dataverse.setRoles(missingPrivileges: ["prvAppendToContact"])
        #expect(await client.send("POST", "phonecalls", ["subject": "x"]).status == 204)
        let bound: JSON = [
            "subject": "x", "regardingobjectid_contact@odata.bind": "contacts(cccccccc-0000-4000-8000-000000000001)",
        ]
        #expect(await client.send("POST", "phonecalls", bound).code == "0x80040220")
        client.dataverse.setRoles()
        #expect(await client.send("POST", "phonecalls", bound).status == 204)
        client.dataverse.setRoles(missingPrivileges: ["prvReadContact"])
        #expect(await client.get("contacts").status == 403)
    }

    @Test("the environment tells which of the named privileges a user has, and how far they reach")
    func privilegesByName() async throws {
        func ask(_ user: String, alias: String = "@p1") async -> Answer {
            let names = #"["prvReadContact","prvAssignActivity","prvReadQueue","prvReadNothing"]"#
                .addingPercentEncoding(withAllowedCharacters: .alphanumerics)!
            return await client.get(
                "systemusers(\(user))/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p1)?\(alias)=\(names)"
            )
        }
        client.dataverse.setRoles(missingPrivileges: ["prvAssignActivity"], localPrivileges: ["prvReadQueue"])
        let answer = await ask(user)
        #expect(answer.status == 200)
        let held = answer.json["RolePrivileges"]?.array ?? []
        #expect(held.map { $0["PrivilegeName"]?.string } == ["prvReadContact", "prvReadQueue"])
        #expect(held.map { $0["Depth"]?.string } == ["Global", "Local"])
        #expect(await ask("44444444-0000-4000-8000-000000000009").status == 404)
        #expect(await ask(user, alias: "@p2").status == 400)
        #expect(await client.get("systemusers(\(user))/Microsoft.Dynamics.CRM.RetrieveNothing()").status == 404)
    }

    @Test("an environment without the Sales apps has no leads")
    func absentTables() async throws {
        let bare = DataverseClient { $0.absentTables = ["lead"] }
        #expect(await bare.get("leads").status == 404)
        #expect(await bare.get("contacts").status == 200)
        let tables = await bare.get(
            "EntityDefinitions?$select=LogicalName&$filter=LogicalName eq 'lead' or LogicalName eq 'contact'")
        #expect(tables.json["value"]?.array?.compactMap { $0["LogicalName"]?.string } == ["contact"])
    }

    @Test("a user without roles, disabled, or no owner at all")
    func users() async throws {
        client.dataverse.setRoles(usersWithoutRoles: [user])
        #expect(await client.get("WhoAmI").code == "0x80042f09")
        client.dataverse.setRoles()
        let other = "44444444-0000-4000-8000-000000000001"
        try client.dataverse.seed("systemusers", [["systemuserid": .string(other), "firstname": "Bea", "lastname": "Jones"]])
        client.dataverse.setRoles(cannotOwn: [other])
        let refused = await client.send("POST", "phonecalls", ["ownerid@odata.bind": .string("/systemusers(\(other))")])
        #expect(refused.status == 403)
        #expect(refused.code == "0x80040231")
        try client.dataverse.seed("teams", [["teamid": "55555555-0000-4000-8000-000000000001", "name": "T", "teamtype": 1]])
        #expect(
            await client.send("POST", "phonecalls", ["ownerid@odata.bind": "/teams(55555555-0000-4000-8000-000000000001)"]).status
                == 400)
        try client.dataverse.edit("systemusers", id: user, ["isdisabled": true])
        #expect(await client.get("WhoAmI").code == "0x80072560")
    }

    @Test("acting for another user shows both, and needs its privilege")
    func impersonation() async throws {
        let other = "44444444-0000-4000-8000-000000000001"
        try client.dataverse.seed("systemusers", [["systemuserid": .string(other), "firstname": "Bea", "lastname": "Jones"]])
        let headers: SandboxHeaders = ["MSCRMCallerID": other]
        let id = await client.send("POST", "contacts", ["lastname": "A"], headers: headers).id!
        let row = await client.get("contacts(\(id))").json
        #expect(row["_createdby_value"]?.string == other)
        #expect(row["_ownerid_value"]?.string == other)
        #expect(row["_createdonbehalfby_value"]?.string == user)
        client.dataverse.setRoles(missingPrivileges: ["prvActOnBehalfOfAnotherUser"])
        let refused = await client.send("POST", "contacts", ["lastname": "A"], headers: headers)
        #expect(refused.status == 403)
        #expect(refused.code == "0x8004a110")
    }

    @Test("an edit by hand shows the human as modifier and moves the version")
    func humanEdit() async throws {
        let other = "44444444-0000-4000-8000-000000000001"
        try client.dataverse.seed("systemusers", [["systemuserid": .string(other), "firstname": "Bea", "lastname": "Jones"]])
        let id = await client.send("POST", "phonecalls", ["subject": "x"]).id!
        let before = await client.get("phonecalls(\(id))").json
        try client.dataverse.edit("phonecalls", id: id, ["subject": "changed by hand"])
        let after = await client.get("phonecalls(\(id))").json
        #expect(after["_modifiedby_value"]?.string == other)
        #expect(after["subject"] == "changed by hand")
        #expect(after["@odata.etag"] != before["@odata.etag"])
        try client.dataverse.delete("phonecalls", id: id)
        #expect(await client.send("PATCH", "phonecalls(\(id))", ["subject": "y"], headers: ["If-Match": "*"]).status == 404)
        #expect(client.dataverse.count("activityparties") == 0)
    }

    @Test("the admin door sees phone calls, their parties, their times and duplicates by call id")
    func adminDoor() async {
        let first = await client.send("POST", "phonecalls", ["subject": "x", "enr_callid": "A1"]).id!
        _ = await client.send("POST", "phonecalls", ["subject": "x", "enr_callid": "a1"])
        _ = await client.send("POST", "phonecalls", ["subject": "x", "enr_callid": "b"])
        _ = await client.send("PATCH", "phonecalls(\(first))", ["statecode": 1])
        #expect(client.dataverse.duplicates() == ["a1": 2])
        let rows = client.dataverse.phoneCalls()
        #expect(rows.count == 3)
        #expect(rows[0]["enr_callid"] == "A1")
        #expect(rows[0].times?.completed != nil)
        #expect(rows[1].times?.completed == nil)
        #expect(client.dataverse.parties(of: first).map(\.mask) == [9])
    }
}
