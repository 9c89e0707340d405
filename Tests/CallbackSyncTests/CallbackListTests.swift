import FoundationEssentials
import HTTPTypes
import Model
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync
@testable import Tenants

@Suite struct ODataOptionsTests {
    private static let lists = [
        CallbackListSet.List(
            id: UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000001")!, name: "Alpha", isDeleted: false, profile: "P",
            openRequests: 3),
        CallbackListSet.List(
            id: UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000002")!, name: "Beta's", isDeleted: true, profile: nil,
            openRequests: 0),
        CallbackListSet.List(
            id: UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000003")!, name: "gamma", isDeleted: false, profile: nil,
            openRequests: 12),
    ]

    private func names(_ query: String) throws -> [String] {
        let options = try ODataOptions(query: query, columns: CallbackListSet.columns)
        let body = CallbackListSet.page(Self.lists, options, root: "https://hub/odata/demo/")
        struct Page: Decodable {
            struct Row: Decodable { var Name: String }
            var value: [Row]
        }
        return try JSONDecoder().decode(Page.self, from: Data(body)).value.map(\.Name)
    }

    @Test(
        "Filters as clients write them",
        arguments: [
            ("$filter=Name%20eq%20%27alpha%27", ["Alpha"]),
            ("$filter=Name+eq+'Beta''s'", ["Beta's"]),
            ("$filter=(contains(Name, 'a')) and (OpenRequests gt 3)", ["gamma"]),
            ("$filter=Profile eq null and not (Deleted eq true)", ["gamma"]),
            ("$filter=(Id eq aaaaaaaa-0000-4000-8000-000000000002)", ["Beta's"]),
            ("$filter=startswith(Name,'AL') or endswith(Name,'ma')", ["Alpha", "gamma"]),
            ("$filter=Name ne 'Alpha' and OpenRequests le 0", ["Beta's"]),
            ("$filter=contains(Name,'a') eq false", []),
            ("$orderby=OpenRequests desc&$top=2", ["gamma", "Alpha"]),
            ("$orderby=Deleted, Name desc", ["gamma", "Alpha", "Beta's"]),
            ("$skip=1&$top=1", ["Beta's"]),
            ("$select=Name,Id&$count=true&unknown=1", ["Alpha", "Beta's", "gamma"]),
        ])
    func filters(query: String, expected: [String]) throws {
        #expect(try names(query) == expected)
    }

    @Test(
        "What makes no sense is refused",
        arguments: [
            "$filter=Nothing eq 1", "$filter=Name eq", "$filter=Name eq 'open", "$filter=(Name eq 'a'", "$filter=Name like 'a'",
            "$top=-1", "$skip=x", "$select=Nothing", "$orderby=Nothing", "$filter=" + String(repeating: "(", count: 500),
            "$filter=" + String(repeating: "not ", count: 500),
        ])
    func refused(query: String) {
        #expect(throws: ODataOptions.Refusal.self) { try names(query) }
    }

    /// All rows, page after page, with the size of each page.
    private func pages(_ query: String, size: Int) throws -> (names: [String], sizes: [Int]) {
        struct Page: Decodable {
            struct Row: Decodable { var Name: String }
            var value: [Row]
            var next: String?
            enum CodingKeys: String, CodingKey {
                case value
                case next = "@odata.nextLink"
            }
        }
        var (names, sizes, next): ([String], [Int], String?) = ([], [], query)
        while let query = next {
            let options = try ODataOptions(query: query, columns: CallbackListSet.columns)
            let body = CallbackListSet.page(Self.lists, options, root: "https://hub/odata/demo/", size: size)
            let page = try JSONDecoder().decode(Page.self, from: Data(body))
            names += page.value.map(\.Name)
            sizes.append(page.value.count)
            next = page.next.map { String($0.dropFirst("https://hub/odata/demo/CallbackLists?".count)) }
            try #require(sizes.count < 10)
        }
        return (names, sizes)
    }

    @Test(
        "A link leads from page to page, within what was asked for",
        arguments: [
            ("", 2, ["Alpha", "Beta's", "gamma"], [2, 1]), ("", 3, ["Alpha", "Beta's", "gamma"], [3]),
            ("$orderby=Name%20desc&$skip=1", 1, ["Beta's", "Alpha"], [1, 1]),
            ("$top=2&$select=Name", 1, ["Alpha", "Beta's"], [1, 1]),
            ("$filter=Deleted eq false", 1, ["Alpha", "gamma"], [1, 1]), ("$top=0", 1, [], [0]),
        ])
    func links(query: String, size: Int, names: [String], sizes: [Int]) throws {
        let read = try pages(query, size: size)
        #expect(read.names == names && read.sizes == sizes)
    }

    @Test(
        arguments: [
            ("odata.maxpagesize=50", 50), ("respond-async, maxpagesize=7", 7),
            ("odata.maxpagesize=100000", CallbackListSet.mostRows),
            ("odata.maxpagesize=0", nil), ("odata.include-annotations=\"*\"", nil), (nil, nil),
        ] as [(String?, Int?)])
    func aClientSaysHowLargeItsPagesAre(prefer: String?, size: Int?) {
        #expect(CallbackListRoute.pageSize(prefer) == size)
    }

    @Test(arguments: ["$expand=Profile", "$search=a", "$apply=aggregate($count as n)"])
    func whatIsNotOfferedIsSaidToBeSo(query: String) {
        let refusal = #expect(throws: ODataOptions.Refusal.self) { try names(query) }
        #expect(refusal?.isUnsupported == true)
    }

    @Test func onlyWhatWasAskedForIsShown() throws {
        let options = try ODataOptions(query: "$select=Name&$count=true&$top=1", columns: CallbackListSet.columns)
        let body = String(decoding: CallbackListSet.page(Self.lists, options, root: "https://hub/odata/demo/"), as: UTF8.self)
        #expect(
            body
                == #"{"@odata.context":"https://hub/odata/demo/$metadata#CallbackLists(Name)","@odata.count":3,"value":[{"@odata.id":"CallbackLists(aaaaaaaa-0000-4000-8000-000000000001)","Name":"Alpha"}]}"#
        )
    }
}

@Suite(.database, .timeLimit(.minutes(5))) struct CallbackListTests {
    private func route(_ hub: CallbackHub, fresh: Duration = .seconds(60), stale: Duration = .seconds(600)) -> CallbackListRoute {
        CallbackListRoute(
            book: hub.book, store: CallbackListStore(database: hub.database, book: hub.book),
            cache: CallbackListCache(fresh: fresh, stale: stale), logger: hub.logger, key: { "odata-key" })
    }

    private func get(
        _ route: CallbackListRoute, _ path: String, _ query: String = "", key: String? = "odata-key", tenant: String = "demo"
    ) async -> (Int, String, Bool) {
        let answer = await route.answer(.get, tenant: tenant, path: path, query: query, key: key, host: "hub.example")
        return (answer.status.code, String(decoding: answer.body, as: UTF8.self), answer.isStale)
    }

    @Test func theListsAreServedLiveWithWhatTheHubKnows() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            hub.request()
            try await hub.sync()
            let route = route(hub)
            let (status, body, _) = await get(route, "CallbackLists", "$filter=Profile eq 'Support'&$select=Name,OpenRequests")
            #expect(status == 200)
            #expect(body.hasSuffix(#","Name":"Support callbacks","OpenRequests":0}]}"#))
            let one = await get(route, "CallbackLists(\(CallbackHub.otherList.id.lowercase))", "$select=Name")
            #expect(one.0 == 200 && one.1.contains(#"#CallbackLists(Name)/$entity","@odata.id":"CallbackLists("#))
            #expect(one.1.hasSuffix(#","Name":"Sales callbacks"}"#))
            #expect(await get(route, "CallbackLists(\(UUID()))").0 == 404)
            #expect(await get(route, "CallbackLists/$count").1 == "2")
            #expect(await get(route, "$metadata").1.contains(#"<Key><PropertyRef Name="Id"/></Key>"#))
            #expect(await get(route, "").1.contains(#""kind":"EntitySet""#))
            #expect(await get(route, "Else").0 == 404)
            #expect(await get(route, "CallbackLists", "$filter=x").0 == 400)
        }
    }

    @Test func withoutTheKeyNothingIsTold() async throws {
        try await CallbackHub.with(works: false) { hub in
            for (key, tenant) in [(nil, "demo"), ("wrong", "demo"), ("odata-key", "nobody")] as [(String?, String)] {
                #expect(await get(route(hub), "CallbackLists", key: key, tenant: tenant).0 == 401)
            }
            let written = await route(hub).answer(
                .post, tenant: "demo", path: "CallbackLists", query: "", key: "odata-key", host: "hub")
            #expect(written.status == .methodNotAllowed)
        }
    }

    @Test func whileEnreachIsDownTheLastListsAreServed() async throws {
        try await CallbackHub.with(works: false) { hub in
            let route = route(hub, fresh: .zero)
            #expect(await get(route, "CallbackLists/$count").1 == "2")
            hub.sandbox.faults.replace(with: [Fault(.status503, on: .enreach)])
            let (status, body, isStale) = await get(route, "CallbackLists/$count")
            #expect(status == 200 && body == "2" && isStale)
            let asked = hub.sandbox.faults.struck["enreach.status503"] ?? 0
            _ = await get(route, "CallbackLists/$count")
            #expect(hub.sandbox.faults.struck["enreach.status503"] == asked)
            let other = self.route(hub, fresh: .zero)
            #expect(await get(other, "CallbackLists").0 == 503)
        }
    }

    @Test func whoComesTogetherAsksOnce() async throws {
        try await CallbackHub.with(works: false) { hub in
            let route = route(hub)
            await withTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { await get(route, "CallbackLists").0 } }
                for await status in group { #expect(status == 200) }
            }
            _ = await get(route, "CallbackLists")
            struct Figures: Decodable { var byResource: [String: Int] }
            let answer = try await AdminRequest.send("GET", hub.sandbox.addresses.admin + "/admin/requests?last=0", "")
            let figures = try JSONDecoder().decode(Figures.self, from: Data(answer.utf8))
            #expect(figures.byResource.filter { $0.key.hasSuffix("callbacks/lists") }.map(\.value) == [1])
        }
    }
}
