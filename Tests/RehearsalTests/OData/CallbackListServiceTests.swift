import Foundation
import Tenants
import TestSupport
import Testing

@testable import Rehearsal

/// The running callback-sync as an OData v4 service, read over HTTP by a client that knows nothing of it, and by the simulated Dynamics.
@Suite(.serialized, .timeLimit(.minutes(20))) struct CallbackListServiceTests {
    private static let set = "CallbackLists"

    private func withService(_ body: (RehearsedHub, Instance, ForeignClient) async throws -> Void) async throws {
        var options = RehearsedHub.Options()
        options.programs = try BuiltProgram.folder()
        options.sandboxArguments = ["--visible-after", "0"]
        try await RehearsedHub.use(options) { hub in
            _ = try await MorningScenario(calls: 20, seed: 3, seconds: 1, callbacks: 20).load(into: hub)
            let instance = try hub.start(.callbackSync)
            try await instance.ready(within: .seconds(120))
            let client = try await ForeignClient(
                root: "http://\(instance.host):\(instance.port)/odata/\(RehearsedHub.tenant)/",
                headers: [
                    "X-Api-Key": CallbackListKey.key(of: RehearsedHub.tenant, secret: SandboxCredentials.odataKey),
                    "Accept": "application/json", "OData-Version": "4.0",
                    "OData-MaxVersion": "4.01",
                ])
            // Until every list was read for the first time, so that the rows don't change between two reads.
            try await eventually(within: .seconds(300), "the morning's requests are taken in") {
                try await CallbackSettlingProbe.isOver(hub)
            }
            try await body(hub, instance, client)
        }
    }

    private enum CallbackSettlingProbe {
        static func isOver(_ hub: RehearsedHub) async throws -> Bool {
            let status = try await hub.door.get("/admin/status", as: SandboxStatus.self)
            let counts = try await CallbackCounts.read(from: hub.database)
            return status.changesLeft == 0 && counts.unread == 0 && counts.isQuiet
        }
    }

    @Test func `rows, pages, a key, every option, and errors are as the protocol has them`() async throws {
        try await withService { _, _, client in
            let all = try await client.rows(Self.set)
            try #require(all.count == 5)
            try await readsTheServiceDocument(client)
            try await readsPages(client, all)
            try await readsByKey(client, all)
            try await filters(client, all)
            try await sorts(client, all)
            try await selects(client, all)
            try await refuses(client)
        }
    }

    private func readsTheServiceDocument(_ client: ForeignClient) async throws {
        let document = try #require(try await client.get("").json?.object)
        #expect(document["@odata.context"]?.text == client.root + "$metadata")
        let sets = try #require(document["value"]?.list).compactMap(\.object)
        #expect(Set(sets.compactMap { $0["name"]?.text }) == Set(client.model.sets.keys))
        for set in sets { #expect(try await client.get(try #require(set["url"]?.text)).status == 200) }
    }

    private func readsPages(_ client: ForeignClient, _ all: [ForeignClient.Row]) async throws {
        for size in 1...all.count + 1 {
            #expect(try await client.rows(Self.set, size: size) == all, "pages of \(size)")
            #expect(try await client.rows(Self.set, [("$top", "3"), ("$skip", "1")], size: size) == Array(all[1..<4]))
        }
        let counted = try await client.page(Self.set, [("$count", "true"), ("$top", "2")])
        #expect(counted.count == all.count && counted.rows.count == 2 && counted.next == nil)
        #expect(try await client.get("\(Self.set)/$count").text == "\(all.count)")
    }

    private func readsByKey(_ client: ForeignClient, _ all: [ForeignClient.Row]) async throws {
        for row in all {
            let key = try #require(row["Id"]?.text)
            #expect(try await client.row(Self.set, key: key) == row)
            #expect(try await client.row(Self.set, key: "Id=" + key) == row)
        }
        #expect(try await client.row(Self.set, key: "00000000-0000-4000-8000-000000000000") == nil)
    }

    /// Each comparison with each value that stands in a column, against what the rows themselves say.
    private func filters(_ client: ForeignClient, _ all: [ForeignClient.Row]) async throws {
        let type = try client.model.type(of: Self.set)
        for property in type.properties {
            for value in Set(all.compactMap { $0[property.name] }) {
                // A GUID and a time stand without quotes.
                let isBare = property.type == "Edm.Guid" || property.type == "Edm.DateTimeOffset"
                let literal = isBare ? value.text ?? "null" : value.literal
                let same = try await client.rows(Self.set, [("$filter", "\(property.name) eq \(literal)")])
                #expect(same == all.filter { $0[property.name] == value }, "\(property.name) eq \(literal)")
                let others = try await client.rows(
                    Self.set, [("$filter", "not (\(property.name) eq \(literal))"), ("$count", "true")])
                #expect(others == all.filter { $0[property.name] != value }, "not \(property.name) eq \(literal)")
            }
        }
        let open = all.compactMap { $0["OpenRequests"]?.number }.max() ?? 0
        let most = try await client.rows(Self.set, [("$filter", "OpenRequests ge \(Int(open)) and Profile ne null")])
        #expect(most == all.filter { $0["OpenRequests"]?.number == open && $0["Profile"] != .null })
        let named = try await client.rows(Self.set, [("$filter", "contains(Name,'ll') or endswith(Name,'list')")], size: 2)
        #expect(
            named
                == all.filter {
                    let name = $0["Name"]?.text ?? ""
                    return name.contains("ll") || name.hasSuffix("list")
                })
        #expect(
            try await client.get("\(Self.set)/$count", [("$filter", "Profile eq null")]).text
                == "\(all.count { $0["Profile"] == .null })")
    }

    private func sorts(_ client: ForeignClient, _ all: [ForeignClient.Row]) async throws {
        func names(_ order: String) async throws -> [String] {
            try await client.rows(Self.set, [("$orderby", order)], size: 2).compactMap { $0["Name"]?.text }
        }
        let sorted = all.compactMap { $0["Name"]?.text }.sorted()
        #expect(try await names("Name") == sorted)
        #expect(try await names("Name asc") == sorted)
        #expect(try await names("Name desc") == sorted.reversed())
        #expect(try await names("Deleted,Name desc") == sorted.reversed())
        let open = try await client.rows(Self.set, [("$orderby", "OpenRequests desc")]).compactMap { $0["OpenRequests"]?.number }
        #expect(open == open.sorted(by: >))
    }

    private func selects(_ client: ForeignClient, _ all: [ForeignClient.Row]) async throws {
        for names in [["Name"], ["Id", "Name"], ["OpenRequests", "Profile", "Id"]] {
            let rows = try await client.rows(Self.set, [("$select", names.joined(separator: ","))], size: 2)
            let found = rows.map { $0.filter { names.contains($0.key) } }
            #expect(found == all.map { $0.filter { names.contains($0.key) } })
        }
        // A row that came without its key says where it is.
        let nameless = try await client.page(Self.set, [("$select", "Name"), ("$top", "1")])
        let row = try #require(nameless.rows.first)
        let answer = try await client.get(try #require(row["@odata.id"]?.text))
        #expect(answer.json?.object?["Name"] == row["Name"])
    }

    private func refuses(_ client: ForeignClient) async throws {
        func status(
            _ path: String, _ options: [(String, String)] = [], _ headers: [String: String] = [:], method: String = "GET"
        ) async throws -> (Int, ForeignClient.Answer) {
            let answer = try await client.get(path, options, headers, method: method)
            let error = answer.json?.object?["error"]?.object
            #expect(
                error?["code"]?.text?.isEmpty == false && error?["message"]?.text?.isEmpty == false, "\(path): \(answer.text)")
            return (answer.status, answer)
        }
        #expect(try await status(Self.set, [("$filter", "Nothing eq 1")]).0 == 400)
        #expect(try await status(Self.set, [("$top", "-1")]).0 == 400)
        #expect(try await status(Self.set, [("$expand", "Profile")]).0 == 501)
        #expect(try await status("Nothing").0 == 404)
        #expect(try await status(Self.set, [], ["X-Api-Key": "wrong"]).0 == 401)
        for method in ["POST", "DELETE"] {
            let (code, answer) = try await status(Self.set, method: method)
            #expect(code == 405 && answer.headers["allow"] == "GET, HEAD")
        }
        let head = try await client.get(Self.set, method: "HEAD")
        #expect(head.status == 200 && head.body.isEmpty)
    }

    @Test func `the simulated Dynamics reads its virtual table from it`() async throws {
        try await withService { hub, instance, client in
            let address = "http://\(instance.host):\(instance.port)"
            let installed = try await hub.command([
                "dynamics", "install", "--config", hub.folder.appending(path: "call-sync.yaml").path(), "--hub-url", address,
                "--odata-key-file", hub.folder.appending(path: "secrets/odata-key").path(),
            ])
            #expect(installed.contains("enr_callbacklist"))
            let dataverse = try await Dataverse(hub)
            let lists = try await client.rows(Self.set)
            let table = try await dataverse.rows("enr_callbacklists?$select=enr_name&$orderby=enr_name")
            #expect(
                table.compactMap { $0["enr_name"] }
                    == lists.compactMap { $0["Name"] }.sorted { ($0.text ?? "") < ($1.text ?? "") })
            #expect(Set(table.compactMap { $0["enr_callbacklistid"] }) == Set(lists.compactMap { $0["Id"] }))
            let some = try await dataverse.rows("enr_callbacklists?$filter=startswith(enr_name,'S')")
            #expect(some.count == lists.count { $0["Name"]?.text?.hasPrefix("S") == true } && some.count > 0)
            let id = try #require(lists[0]["Id"]?.text)
            let one = try await dataverse.get("enr_callbacklists(\(id))")
            #expect(one.status == 200 && one.json?.object?["enr_name"] == lists[0]["Name"])
            #expect(try await dataverse.get("enr_callbacklists(00000000-0000-4000-8000-000000000000)").status == 404)
            // Its rows live where they are kept; when that place is gone, Dynamics has nothing to show.
            await instance.stop()
            #expect(try await dataverse.get("enr_callbacklists").status == 500)
        }
    }

    /// The Web API of the simulated environment, as the application user sees it.
    private struct Dataverse {
        let root: String
        let token: String

        init(_ hub: RehearsedHub) async throws {
            let form = [
                "grant_type=client_credentials", "client_id=\(SandboxCredentials.client)",
                "client_secret=\(SandboxCredentials.clientSecret)",
                "scope=\(hub.addresses.dataverse.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")%2F.default",
            ].joined(separator: "&")
            let answer = try await ForeignClient.send(
                "\(hub.addresses.authority)/\(SandboxCredentials.directory)/oauth2/v2.0/token",
                headers: ["Content-Type": "application/x-www-form-urlencoded"], method: "POST", body: Data(form.utf8))
            token = try #require(answer.json?.object?["access_token"]?.text, "\(answer.text)")
            root = hub.addresses.dataverse + "/api/data/v9.2/"
        }

        func get(_ path: String) async throws -> ForeignClient.Answer {
            try await ForeignClient.send(
                root + path.replacing("'", with: "%27"),
                headers: ["Authorization": "Bearer \(token)", "Accept": "application/json", "OData-Version": "4.0"])
        }

        func rows(_ path: String) async throws -> [[String: EdmValue]] {
            let answer = try await get(path)
            return try #require(answer.json?.object?["value"]?.list, "\(answer.text)").compactMap(\.object)
        }
    }
}
