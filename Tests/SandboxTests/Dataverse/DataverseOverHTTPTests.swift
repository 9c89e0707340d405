import Sandbox
import Testing

@Suite("The simulated Dataverse over HTTP")
struct DataverseOverHTTPTests {
    private func follow(_ api: EventTests.Api, _ link: String?, track: Bool = true) async throws -> JSON {
        let answer = try await api.sandbox.get(
            try #require(link), headers: ["Authorization": "Bearer \(api.token)", "Prefer": "odata.track-changes"])
        return try JSON(parsing: answer.body)
    }

    @Test("feeds a directory: generated, read, changed, merged, expired")
    func directory() async throws {
        try await withSandbox({ $0.scenario = nil }) { sandbox in
            let api = try await EventTests.Api(sandbox)
            let made = try await sandbox.admin("POST", "/dataverse/generate", #"{"contacts":12000,"accounts":100,"seed":5}"#)
            #expect(made.object["contacts"] as? Int == 12_000)
            let root = "\(sandbox.server.addresses.dataverse)/api/data/v9.2/"
            var page = try await follow(api, root + "contacts?$select=fullname,mobilephone,statecode")
            var ids = page["value"]?.array?.compactMap { $0["contactid"]?.string } ?? []
            while page["@odata.deltaLink"] == nil {
                page = try await follow(api, page["@odata.nextLink"]?.string)
                ids += page["value"]?.array?.compactMap { $0["contactid"]?.string } ?? []
            }
            #expect(Set(ids).count == 12_000)
            let merged = try await sandbox.admin(
                "POST", "/dataverse/contacts/merge", #"{"loser":"\#(ids[1])","winner":"\#(ids[0])"}"#)
            #expect(merged.status == 200)
            #expect(try await sandbox.admin("DELETE", "/dataverse/contacts/\(ids[2])").status == 200)
            let delta = try await follow(api, page["@odata.deltaLink"]?.string)
            #expect(delta["value"]?.array?.compactMap { $0["contactid"]?.string } == [ids[1]])
            #expect(delta["value"]?[1]?["id"]?.string == ids[2])
            #expect(try await sandbox.admin("POST", "/dataverse/expire-delta-tokens?set=contacts").status == 200)
            let expired = try await follow(api, delta["@odata.deltaLink"]?.string)
            #expect(expired["error"]?["code"] == "0x80044352")
            let shown = try await sandbox.admin("GET", "/dataverse/contacts?skip=3&top=2").object
            #expect(shown["total"] as? Int == 11_999)
            #expect((shown["rows"] as? [Any])?.count == 2)
        }
    }

    @Test("takes calls into queues and reads definitions with blanks as plus signs")
    func queues() async throws {
        try await withSandbox({ $0.scenario = nil }) { sandbox in
            let api = try await EventTests.Api(sandbox)
            let queue = try await api.send("POST", "queues", ["name": "Support"]).id
            let call = try await api.send("POST", "phonecalls", ["subject": "Call back"]).id
            let added = try await api.send(
                "POST", "queues(\(queue))/Microsoft.Dynamics.CRM.AddToQueue",
                ["Target": ["@odata.type": "Microsoft.Dynamics.CRM.phonecall", "activityid": .string(call)]])
            #expect(added.status == 200)
            let items = try await api.send(
                "GET", "queueitems?$select=title&$filter=_queueid_value+eq+\(queue)+and+statecode+eq+0")
            #expect(items.json["value"]?[0]?["title"] == "Call back")
            let found = try await api.send(
                "GET",
                "EntityDefinitions?$select=EntitySetName&$filter=LogicalName+eq+'queueitem'+and+OwnershipType+eq+Microsoft.Dynamics.CRM.OwnershipTypes'OrganizationOwned'"
            )
            #expect(found.json["value"]?[0]?["EntitySetName"] == "queueitems")
        }
    }
}
