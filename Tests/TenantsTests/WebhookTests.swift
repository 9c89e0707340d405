import FoundationEssentials
import NIOCore
import Testing

@testable import Tenants

@Suite struct WebhookEventTests {
    private func event(_ body: String, _ header: String? = nil) -> WebhookEvent {
        WebhookEvent(body: Array(body.utf8), eventHeader: header, tenant: "demo")
    }
    private let call = UUID(uuidString: "d59d7a2f-318a-469e-bdc0-b092a8fedbc1")!

    @Test func itNamesTheCallWhateverTheCase() {
        #expect(event(#"{"CallId":"d59d7a2f-318a-469e-bdc0-b092a8fedbc1","EventType":"QueueCallInCompleted"}"#).call == call)
        #expect(event(#"{"callid":"D59D7A2F-318A-469E-BDC0-B092A8FEDBC1","Variables":{"a":1},"Duration":5}"#).call == call)
        #expect(event(#"{"EventType":"UserStatus"}"#, "Other").type == "Other")
    }

    @Test func itNamesTheCallbackRequestAndItsList() {
        let (list, item) = (UUID(), UUID())
        let told = event(
            #"{"Id":"\#(call)","EntityType":"CallList","EntityId":"\#(list)","EventType":"CallbackCreated","CallbackListItemId":"\#(item)","Timestamp":"2025-03-04T09:30:12.5Z"}"#
        )
        #expect(told.id == call && told.isCallback && told.callback == item && told.entity == list)
        #expect(told.at == Date(timeIntervalSince1970: 1_741_080_612.5))
        #expect(event(#"{"Timestamp":"2025-03-04T09:30:12Z"}"#).at == Date(timeIntervalSince1970: 1_741_080_612))
    }

    @Test(
        "Only what may be a list is taken for one",
        arguments: [
            (#""EntityType":"CallList""#, true), (#""EntityType":"CallbackList""#, true), (#""Some":"thing""#, true),
            (#""EntityType":"User""#, false), (#""EntityType":"Queue""#, false),
        ])
    func list(more: String, isList: Bool) {
        let (entity, item) = (UUID(), UUID())
        let told = event(#"{"EntityId":"\#(entity)","CallbackListItemId":"\#(item)",\#(more)}"#, "UserCallbackChanged")
        #expect(told.isCallback && told.callback == item && told.kept == (isList ? entity : nil))
        let named = event(#"{"EntityId":"\#(UUID())","CallListId":"\#(entity)",\#(more)}"#, "CallbackChanged")
        #expect(named.kept == entity)
        #expect(event(#"{"EntityId":"\#(entity)","CallId":"\#(call)",\#(more)}"#, "UserCallInComing").kept == entity)
    }

    @Test(
        arguments: [
            (#"{"CallId":"d59d7a2f-318a-469e-bdc0-b092a8fedbc1"}"#, "UserCallInDisconnected", "call"),
            (#"{"CallId":"d59d7a2f-318a-469e-bdc0-b092a8fedbc1"}"#, "CallbackCreated", "callback"),
            (#"{"CallbackListItemId":"d59d7a2f-318a-469e-bdc0-b092a8fedbc1"}"#, "+358501234567", "callback"),
            ("{}", "+358501234567", "other"), (#"{"EventType":"UserStatus"}"#, nil, "other"),
        ] as [(String, String?, String)])
    func `what it is about is one of a few words, whatever it is called`(body: String, header: String?, subject: String) {
        #expect(event(body, header).subject.rawValue == subject)
    }

    @Test(
        "What can't be read is only a hint to look, the same one each time",
        arguments: ["", "[]", "null", "{", #"{"CallId":5}"#, #"{"CallId":"📞"}"#])
    func unreadable(body: String) {
        #expect(event(body).call == nil)
        #expect(event(body).id == event(body).id)
        #expect(event(body).id != event(body + " ").id)
    }

    @Test func secretsAreCompared() {
        #expect(WebhookEvent.isSame("secret", "secret"))
        for shown in ["", "secre", "secret ", "Secret", "secretsecret"] {
            #expect(!WebhookEvent.isSame(shown, "secret"), "\(shown)")
        }
        #expect(!WebhookEvent.isSame("", ""))
    }
}

@Suite struct SourceNetworksTests {
    private func admits(_ networks: String, _ address: String) throws -> Bool {
        try SourceNetworks(networks).admits(try SocketAddress(ipAddress: address, port: 1))
    }

    @Test func networksAdmitTheirAddressesOnly() throws {
        #expect(try admits(SourceNetworks.vendors, "80.88.186.7"))
        #expect(try admits(SourceNetworks.vendors, "80.88.187.255"))
        #expect(try !admits(SourceNetworks.vendors, "80.88.188.1"))
        #expect(try admits("10.0.0.0/9", "10.127.0.1"))
        #expect(try !admits("10.0.0.0/9", "10.128.0.1"))
        #expect(try admits("2001:db8::/32, ::1", "::1"))
        #expect(try !admits("127.0.0.1", "::1"))
        #expect(try admits("80.88.186.0/24", "::ffff:80.88.186.9"))
        #expect(try admits("", "1.2.3.4"))
        #expect(try !SourceNetworks("127.0.0.1").admits(nil))
    }

    @Test("A network that is none is refused", arguments: ["80.88.186.0/33", "hub.example", "1.2.3", "1.2.3.4/x"])
    func unreadable(text: String) {
        #expect(throws: SourceNetworks.Unreadable.self) { try SourceNetworks(text) }
    }
}

@Suite struct WebhookSourceTests {
    private func source(_ peer: String, _ forwarded: String?, proxies: String? = "127.0.0.0/8,::1,10.0.0.7") throws -> String? {
        try WebhookSource(proxies: proxies.map { try SourceNetworks($0) })
            .address(of: try SocketAddress(ipAddress: peer, port: 1), forwarded: forwarded)?.ipAddress
    }

    @Test(
        "The last address that is no proxy's is the source",
        arguments: [
            (nil, "127.0.0.1"), ("80.88.186.5", "80.88.186.5"), ("1.2.3.4, 80.88.186.5", "80.88.186.5"),
            ("80.88.186.5, 10.0.0.7", "80.88.186.5"), ("1.2.3.4,80.88.186.5 , 10.0.0.7,127.0.0.1", "80.88.186.5"),
            ("80.88.186.5:4711", "80.88.186.5"), ("[2001:db8::5]:4711", "2001:db8::5"), ("[2001:db8::5]", "2001:db8::5"),
            ("2001:db8::5, [::1]:80", "2001:db8::5"), ("10.0.0.7, 127.0.0.1", "10.0.0.7"),
        ] as [(String?, String)])
    func source(forwarded: String?, expected: String) throws {
        #expect(try source("127.0.0.1", forwarded) == expected)
    }

    @Test(
        "What can't be read is nobody",
        arguments: [
            "", "unknown", "80.88.186.5, nonsense", "80.88.186.5,", "80.88.186.5:x", "80.88.186.5:70000", "[2001:db8::5",
            "[::1]x",
            "80.88.186.5, _hidden, 10.0.0.7", ":80",
        ])
    func unreadable(forwarded: String) throws {
        #expect(try source("127.0.0.1", forwarded) == nil)
    }

    @Test(
        "For who guesses the last address counts, whosever it is",
        arguments: [
            (nil, "127.0.0.1"), ("80.88.186.5", "80.88.186.5"), ("1.2.3.4, 10.0.0.7", "10.0.0.7"),
            ("1.2.3.4, 80.88.186.5:4711", "80.88.186.5"), ("[2001:db8::5]:4711", "2001:db8::5"), ("80.88.186.5, unknown", nil),
        ] as [(String?, String?)])
    func lastHop(forwarded: String?, expected: String?) throws {
        let (proxy, stranger) = (
            try SocketAddress(ipAddress: "127.0.0.1", port: 1), try SocketAddress(ipAddress: "9.9.9.9", port: 1)
        )
        let source = WebhookSource(proxies: try SourceNetworks("127.0.0.0/8,10.0.0.7"))
        #expect(source.lastHop(to: proxy, forwarded: forwarded)?.ipAddress == expected)
        #expect(source.lastHop(to: stranger, forwarded: forwarded)?.ipAddress == "9.9.9.9")
        for nobody in [nil, try SourceNetworks(",")] {
            #expect(WebhookSource(proxies: nobody).lastHop(to: proxy, forwarded: forwarded)?.ipAddress == "127.0.0.1")
        }
    }

    @Test func whoIsNoProxyIsNotBelieved() throws {
        #expect(try source("203.0.113.9", "80.88.186.5") == "203.0.113.9")
        #expect(try source("127.0.0.1", "80.88.186.5", proxies: nil) == "127.0.0.1")
        #expect(try source("127.0.0.1", "80.88.186.5", proxies: "") == "127.0.0.1")
    }
}

@Suite struct WebhookGateTests {
    @Test func whoComesWhenItIsFullIsSentAway() async {
        let gate = WebhookGate(most: 1)
        let answer = await gate.pass("demo", of: 1) { await gate.pass("demo", of: 1) { "inside" } ?? "sent away" }
        #expect(answer == "sent away")
        #expect(await gate.pass("demo", of: 1) { "again" } == "again")
    }

    /// How many of a tenant's get in while those before them stay inside.
    private func entering(_ gate: WebhookGate, _ tenant: String, _ number: Int, of tenants: Int, then: () async -> Int) async
        -> Int
    {
        guard number > 0 else { return await then() }
        return await gate.pass(tenant, of: tenants) {
            await entering(gate, tenant, number - 1, of: tenants, then: then)
        } ?? -number
    }

    @Test func oneTenantsFloodLeavesPlacesForTheOthers() async {
        let gate = WebhookGate(most: 8)
        // Half of eight are shared out among two tenants: six are the most that one may have.
        #expect(await entering(gate, "one", 7, of: 2) { 0 } == -1)
        #expect(await entering(gate, "one", 6, of: 2) { await entering(gate, "two", 2, of: 2) { 0 } } == 0)
        #expect(await entering(gate, "one", 6, of: 2) { await entering(gate, "two", 3, of: 2) { 0 } } == -1)
        // One that is alone has them all.
        #expect(await entering(gate, "one", 8, of: 1) { 0 } == 0)
        #expect(await entering(gate, "one", 9, of: 1) { 0 } == -1)
        // However many there are, each has a place.
        #expect(await entering(gate, "one", 1, of: 100) { await entering(gate, "two", 1, of: 100) { 0 } } == 0)
    }

    /// One of each of so many tenants; how many places were too few.
    private func all(_ tenants: Int, in gate: WebhookGate) async -> Int {
        guard tenants > 0 else { return 0 }
        return await gate.pass("tenant \(tenants)", of: 100) { await all(tenants - 1, in: gate) } ?? tenants
    }

    @Test func neverAreMoreInsideThanThereArePlaces() async {
        #expect(await all(8, in: WebhookGate(most: 8)) == 0)
        #expect(await all(10, in: WebhookGate(most: 8)) == 2)
    }
}

@Suite struct CallbackListKeyTests {
    @Test func eachTenantHasAKeyOfItsOwn() {
        let key = CallbackListKey.key(of: "demo", secret: "secret")
        #expect(key.count == 43 && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
        #expect(CallbackListKey.isKey(key, of: "demo", secret: "secret"))
        for (tenant, secret) in [("demo2", "secret"), ("Demo", "secret"), ("demo", "Secret"), ("demo", "")] {
            #expect(!CallbackListKey.isKey(key, of: tenant, secret: secret), "\(tenant)")
        }
        #expect(!CallbackListKey.isKey("secret", of: "demo", secret: "secret"))
        #expect(!CallbackListKey.isKey(CallbackListKey.key(of: "demo", secret: ""), of: "demo", secret: ""))
    }
}
