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

@Suite struct WebhookGateTests {
    @Test func whoComesWhenItIsFullIsSentAway() async {
        let gate = WebhookGate(most: 1)
        let answer = await gate.pass { await gate.pass { "inside" } ?? "sent away" }
        #expect(answer == "sent away")
        #expect(await gate.pass { "again" } == "again")
    }
}
