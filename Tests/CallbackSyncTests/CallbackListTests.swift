import AsyncHTTPClient
import Enreach
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
            ("$filter=contains(Name,'a') eq false", []), ("$filter=Deleted", ["Beta's"]),
            ("$filter=not Deleted", ["Alpha", "gamma"]), ("$filter=not Deleted and OpenRequests gt 5", ["gamma"]),
            ("$filter=true eq Deleted", ["Beta's"]), ("$filter=3 le OpenRequests", ["Alpha", "gamma"]),
            ("$filter='alpha' eq Name", ["Alpha"]), ("$filter=null ne Profile", ["Alpha"]),
            ("$filter=Name in ('alpha','gamma')", ["Alpha", "gamma"]), ("$filter=not (OpenRequests in (0, 12))", ["Alpha"]),
            ("$filter=Id in (aaaaaaaa-0000-4000-8000-000000000002)", ["Beta's"]),
            ("$filter=OpenRequests gt 2.5", ["Alpha", "gamma"]),
            ("$filter=OpenRequests eq 12.0", ["gamma"]), ("$filter=OpenRequests lt 1e1", ["Alpha", "Beta's"]),
            ("$filter=tolower(Name) eq 'alpha'", ["Alpha"]), ("$filter=contains(toupper(Name),'ALP')", ["Alpha"]),
            ("$filter=startswith(tolower(Name),tolower('GA'))", ["gamma"]), ("$filter=true eq contains(Name,'lph')", ["Alpha"]),
            ("$filter=(Name eq 'alpha') ne true", ["Beta's", "gamma"]),
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
            "$filter=Name", "$filter=not Name", "$filter=OpenRequests", "$filter='a'", "$filter=Name in", "$filter=Name in ()",
            "$filter=Name in ('a'", "$filter=Name in ('a',)", "$filter=nothing(Name)", "$filter=tolower(Name",
            "$filter=tolower(Name)",
            "$filter=contains(Name)", "$filter=contains", "$filter=Deleted Deleted", "$filter=OpenRequests gt nan", "$filter=or",
            "$filter=Deleted eq", "$filter=" + String(repeating: "tolower(", count: 500),
            "$top=-1", "$skip=x", "$select=Nothing", "$orderby=Nothing", "$filter=" + String(repeating: "(", count: 500),
            "$filter=" + String(repeating: "not ", count: 500),
        ])
    func refused(query: String) {
        let refusal = #expect(throws: ODataOptions.Refusal.self) { try names(query) }
        #expect(refusal?.isUnsupported == false, "\(refusal?.message ?? "")")
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

    @Test(
        arguments: [
            "$expand=Profile", "$search=a", "$apply=aggregate($count as n)", "$filter=length(Name) gt 3",
            "$filter=contains(trim(Name),'a')", "$filter=year(LastRequestAt) eq 2025", "$filter=LastRequestAt lt now()",
            "$filter=OpenRequests add 1 eq 2", "$filter=Lists/any(l:l eq 1)", "$filter=(Name eq 'a') eq Deleted",
            "$filter=Name in (Profile)", "$orderby=tolower(Name)",
        ])
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
    /// Runs the body with a route whose lists are read.
    private func served(
        _ hub: CallbackHub, book: TenantBook? = nil, fresh: Duration = .seconds(60), stale: Duration = .seconds(600),
        _ body: (CallbackListRoute) async throws -> Void
    ) async throws {
        let route = CallbackListRoute(
            book: book ?? hub.book, store: CallbackListStore(database: hub.database, book: hub.book),
            cache: CallbackListCache(fresh: fresh, stale: stale), logger: hub.logger, secret: { "odata-key" })
        let running = Task { try await route.cache.run() }
        let result: Result<Void, any Error>
        do { result = .success(try await body(route)) } catch { result = .failure(error) }
        running.cancel()
        _ = await running.result
        try result.get()
    }

    private static let key = CallbackListKey.key(of: "demo", secret: "odata-key")

    private func get(
        _ route: CallbackListRoute, _ path: String, _ query: String = "", key: String? = key, tenant: String = "demo"
    ) async -> (Int, String, Bool) {
        let answer = await route.answer(.get, tenant: tenant, path: path, query: query, key: key, host: "hub.example")
        return (answer.status.code, String(decoding: answer.body, as: UTF8.self), answer.isStale)
    }

    @Test func theListsAreServedLiveWithWhatTheHubKnows() async throws {
        try await CallbackHub.with { hub in
            try await hub.profile()
            hub.request()
            try await hub.sync()
            try await served(hub) { route in
                let (status, body, _) = await get(
                    route, "CallbackLists", "$filter=Profile eq 'Support'&$select=Name,OpenRequests")
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
                #expect(await get(route, "CallbackLists", "$filter=length(Name) eq 3").0 == 501)
            }
        }
    }

    @Test func withoutTheKeyNothingIsTold() async throws {
        try await CallbackHub.with(works: false) { hub in
            try await served(hub) { route in
                for (key, tenant) in [(nil, "demo"), ("wrong", "demo"), ("odata-key", "demo"), (Self.key, "nobody")]
                    as [(String?, String)]
                {
                    #expect(await get(route, "CallbackLists", key: key, tenant: tenant).0 == 401)
                }
                let written = await route.answer(
                    .post, tenant: "demo", path: "CallbackLists", query: "", key: Self.key, host: "hub")
                #expect(written.status == .methodNotAllowed)
            }
        }
    }

    @Test func theKeyOfOneTenantOpensNoOthersLists() async throws {
        try await CallbackHub.with(works: false) { hub in
            let other = TenantConnection(name: "other", enreach: hub.connection.enreach, dynamics: hub.connection.dynamics)
            hub.book.connect(other)
            let others = CallbackListKey.key(of: "other", secret: "odata-key")
            try await served(hub) { route in
                #expect(await get(route, "$metadata", key: others, tenant: "other").0 == 200)
                #expect(await get(route, "$metadata", key: others, tenant: "demo").0 == 401)
                #expect(await get(route, "$metadata", key: Self.key, tenant: "other").0 == 401)
                #expect(await get(route, "$metadata", key: Self.key, tenant: "demo").0 == 200)
            }
        }
    }

    @Test func whileEnreachIsDownTheLastListsAreServed() async throws {
        try await CallbackHub.with(works: false) { hub in
            try await served(hub, fresh: .zero) { route in
                #expect(await get(route, "CallbackLists/$count").1 == "2")
                hub.sandbox.faults.replace(with: [Fault(.status503, on: .enreach)])
                let (status, body, isStale) = await get(route, "CallbackLists/$count")
                #expect(status == 200 && body == "2" && isStale)
                let asked = hub.sandbox.faults.struck["enreach.status503"] ?? 0
                _ = await get(route, "CallbackLists/$count")
                #expect(hub.sandbox.faults.struck["enreach.status503"] == asked)
            }
            try await served(hub, fresh: .zero) { route in #expect(await get(route, "CallbackLists").0 == 503) }
        }
    }

    /// Dataverse gives up after 30 seconds.
    @Test func anEnreachThatHangsKeepsNobodyWaiting() async throws {
        try await CallbackHub.with(works: false) { hub in
            // As patient as a program is unless it is told otherwise.
            let configuration = EnreachConfiguration(
                address: .discovery(url: hub.sandbox.addresses.enreachDiscovery), username: "integration@demo.example",
                credential: .secretKey("demo-secret-key"))
            let enreach = EnreachClient(configuration: configuration, http: .shared, logger: hub.logger)
            let patient = TenantConnection(name: "demo", enreach: enreach, dynamics: hub.connection.dynamics)
            let book = TenantBook(database: hub.database, connections: [patient], logger: hub.logger)
            try await served(hub, book: book, fresh: .zero) { known in
                #expect(await get(known, "CallbackLists/$count").1 == "2")
                hub.sandbox.faults.replace(with: [Fault(.slow, on: .enreach, seconds: 100)])
                try await served(hub, book: book) { unknown in
                    async let (old, took) = timed { await get(known, "CallbackLists/$count") }
                    async let (none, tookNone) = timed { await get(unknown, "CallbackLists/$count") }
                    let (oldAnswer, oldTook) = await (old, took)
                    #expect(oldAnswer.0 == 200 && oldAnswer.1 == "2" && oldAnswer.2 && oldTook < .seconds(10))
                    let (noAnswer, noTook) = await (none, tookNone)
                    #expect(noAnswer.0 == 503 && noTook < .seconds(28))
                }
            }
        }
    }

    private func timed(
        _ body: () async -> (Int, String, Bool)
    ) async -> ((Int, String, Bool), Duration) {
        let start = ContinuousClock.now
        let answer = await body()
        return (answer, start.duration(to: .now))
    }

    @Test func whoComesTogetherAsksOnce() async throws {
        try await CallbackHub.with(works: false) { hub in
            try await served(hub) { route in
                await withTaskGroup(of: Int.self) { group in
                    for _ in 0..<20 { group.addTask { await get(route, "CallbackLists").0 } }
                    for await status in group { #expect(status == 200) }
                }
                _ = await get(route, "CallbackLists")
            }
            struct Figures: Decodable { var byResource: [String: Int] }
            let answer = try await AdminRequest.send("GET", hub.sandbox.addresses.admin + "/admin/requests?last=0", "")
            let figures = try JSONDecoder().decode(Figures.self, from: Data(answer.utf8))
            #expect(figures.byResource.filter { $0.key.hasSuffix("callbacks/lists") }.map(\.value) == [1])
        }
    }
}
