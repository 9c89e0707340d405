import Sandbox
import Testing

@Suite("Simulated change tracking")
struct ChangeTrackingTests {
    let client = DataverseClient()

    private func id(_ number: Int) -> String { "cccccccc-0000-4000-8000-00000000000\(number)" }

    private func seed(_ count: Int) throws {
        try client.dataverse.seed(
            "contacts", (1...count).map { ["contactid": .string(id($0)), "lastname": .string("L\($0)"), "telephone1": "1"] })
    }

    private func tracked(_ path: String, size: Int = 5000) async -> Answer {
        await client.get(path, headers: ["Prefer": "odata.track-changes,odata.maxpagesize=\(size)"])
    }

    private func follow(_ answer: Answer, _ link: String = "@odata.deltaLink", size: Int = 5000) async throws -> Answer {
        let url = try #require(answer.json[link]?.string)
        return await tracked(String(url.dropFirst(DataverseClient.root.count)), size: size)
    }

    @Test("tells everything first, then what changed and what went")
    func deltas() async throws {
        try seed(3)
        let first = await tracked("contacts?$select=lastname,statecode")
        #expect(first.status == 200)
        #expect(first.rows.count == 3)
        #expect(first.response.headers["Preference-Applied"]?.contains("odata.track-changes") == true)
        let nothing = try await follow(first)
        #expect(nothing.rows.isEmpty)
        #expect(nothing.json["@odata.context"]?.string?.hasSuffix("#contacts(lastname,statecode)/$delta") == true)

        _ = await client.send("PATCH", "contacts(\(id(2)))", ["telephone1": "2"])
        _ = await client.send("PATCH", "contacts(\(id(1)))", ["statecode": 1])
        _ = await client.send("DELETE", "contacts(\(id(3)))")
        let changed = try await follow(nothing)
        #expect(changed.rows.compactMap { $0["contactid"]?.string } == [id(2), id(1)])
        #expect(changed.rows[1]["statecode"] == 1)
        #expect(changed.rows[2]["id"]?.string == id(3))
        #expect(changed.rows[2]["reason"] == "deleted")
        #expect(changed.rows[2]["@odata.context"]?.string == "\(DataverseClient.root)$metadata#contacts/$deletedEntity")
        let link = try #require(nothing.json["@odata.deltaLink"]?.string)
        let token = link.split(separator: "=").last.map(String.init) ?? ""
        #expect(await client.get("contacts/$count?$deltatoken=\(token)").text.hasSuffix("3"))
        #expect(try await follow(changed).rows.isEmpty)
    }

    @Test("keeps one picture over its pages")
    func pages() async throws {
        try seed(5)
        let first = await tracked("contacts?$select=lastname", size: 2)
        #expect(first.json["@odata.deltaLink"] == nil)
        #expect(first.json["@odata.nextLink"]?.string?.contains("istracking=%22True%22") == true)
        _ = await client.send("PATCH", "contacts(\(id(1)))", ["lastname": "changed"])
        _ = await client.send("DELETE", "contacts(\(id(2)))")
        let second = try await follow(first, "@odata.nextLink", size: 2)
        #expect(second.rows.compactMap { $0["contactid"]?.string } == [id(3), id(4)])
        let third = try await follow(second, "@odata.nextLink", size: 2)
        #expect(third.rows.count == 1)

        for number in [4, 5, 3] { _ = await client.send("PATCH", "contacts(\(id(number)))", ["lastname": "again"]) }
        _ = await client.send("DELETE", "contacts(\(id(5)))")
        let delta = try await follow(third, size: 2)
        #expect(delta.rows.compactMap { $0["contactid"]?.string } == [id(1), id(4)])
        _ = await client.send("PATCH", "contacts(\(id(1)))", ["lastname": "late"])
        let rest = try await follow(delta, "@odata.nextLink", size: 2)
        #expect(rest.rows.compactMap { $0["contactid"]?.string } == [id(3)])
        #expect(rest.rows.compactMap { $0["id"]?.string } == [id(2)])
        let end = try await follow(rest, "@odata.nextLink", size: 2)
        #expect(end.rows.compactMap { $0["id"]?.string } == [id(5)])
        #expect(try await follow(end).rows.compactMap { $0["contactid"]?.string } == [id(1)])
    }

    @Test("refuses what it can't track", arguments: ["$filter=statecode%20eq%200", "$orderby=lastname", "$top=1"])
    func refusals(option: String) async throws {
        let answer = await tracked("contacts?\(option)")
        #expect(answer.status == 400)
        #expect(answer.message.hasSuffix("query parameter isn't supported when Change Tracking is enabled."))
        #expect(await tracked("queues").code == "0x80072491")
    }

    @Test("forgets old tokens: by age, by the admin's hand, and broken ones")
    func expiry() async throws {
        try seed(1)
        let first = await tracked("contacts?$select=lastname")
        client.clock.advance(7 * 86_400)
        client.renew()
        let second = try await follow(first)
        #expect(second.status == 200)
        client.clock.advance(1)
        #expect(try await follow(first).code == "0x80044352")
        try client.dataverse.expireDeltaTokens("accounts")
        #expect(try await follow(second).status == 200)
        try client.dataverse.expireDeltaTokens("contacts")
        let expired = try await follow(second)
        #expect(expired.status == 400)
        #expect(expired.code == "0x80044352")
        let anew = await tracked("contacts?$select=lastname")
        #expect(try await follow(anew).status == 200)
        #expect(await tracked("contacts?$deltatoken=abc").status == 400)
    }

    @Test("wants the right to read")
    func rights() async {
        client.dataverse.setRoles(missingPrivileges: ["prvReadContact"])
        #expect(await tracked("contacts").status == 403)
    }
}
