import FoundationEssentials
import Hummingbird
import Jobs
import Model
import NIOCore
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallSync

@Suite struct WebhookHintTests {
    private func hint(_ body: String, _ header: String? = nil) -> WebhookHint {
        WebhookHint(body: Array(body.utf8), eventHeader: header)
    }
    private let call = UUID(uuidString: "d59d7a2f-318a-469e-bdc0-b092a8fedbc1")!

    @Test func itNamesTheCallWhateverTheCase() {
        #expect(hint(#"{"CallId":"d59d7a2f-318a-469e-bdc0-b092a8fedbc1","EventType":"QueueCallInCompleted"}"#).call == call)
        #expect(hint(#"{"callid":"D59D7A2F-318A-469E-BDC0-B092A8FEDBC1","Variables":{"a":1},"Duration":5}"#).call == call)
        #expect(hint(#"{"EventType":"UserStatus"}"#, "Other").event == "Other")
    }

    @Test("What can't be read is only a hint to look", arguments: ["", "[]", "null", "{", #"{"CallId":5}"#, #"{"CallId":"📞"}"#])
    func unreadable(body: String) {
        #expect(hint(body).call == nil)
    }

    @Test func secretsAreCompared() {
        #expect(WebhookHint.isSame("secret", "secret"))
        for shown in ["", "secre", "secret ", "Secret", "secretsecret"] {
            #expect(!WebhookHint.isSame(shown, "secret"), "\(shown)")
        }
        #expect(!WebhookHint.isSame("", ""))
    }
}

@Suite(.database, .timeLimit(.minutes(5))) struct WebhookTests {
    @Test func aWebhookMakesTheHubReadTheCallAtOnce() async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            let route = WebhookRoute(book: hub.book, queue: JobQueue(database: hub.database), logger: hub.logger)
            let body = #"{"CallId":"\#(call.lowercase)","EventType":"QueueCallInCompleted"}"#
            for _ in 0..<3 {
                let answer = await route.answer(token: "hook-secret", event: nil, tenant: "demo") { Array(body.utf8) }
                #expect(answer == .accepted)
            }
            try await hub.quiet()
            #expect(try await hub.state(call) == "written")
            #expect(hub.records(call).count == 1)
        }
    }

    @Test func withoutTheRightTokenNothingIsDone() async throws {
        try await TestHub.with { hub in
            let route = WebhookRoute(book: hub.book, queue: JobQueue(database: hub.database), logger: hub.logger)
            for (token, tenant) in [("wrong", "demo"), (nil, "demo"), ("hook-secret", "nobody")] as [(String?, String)] {
                let answer = await route.answer(token: token, event: nil, tenant: tenant) {
                    Issue.record("the body was read")
                    return []
                }
                #expect(answer == .unauthorized)
            }
            let asked = try await hub.count("SELECT count(*) FROM hub.jobs WHERE kind = 'call.read'")
            #expect(asked == 0)
        }
    }

    @Test func withoutACallIdTheHubPolls() async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            let route = WebhookRoute(book: hub.book, queue: JobQueue(database: hub.database), logger: hub.logger)
            let answer = await route.answer(token: "hook-secret", event: "UserStatus", tenant: "demo") { Array("{}".utf8) }
            #expect(answer == .accepted)
            try await hub.quiet()
            #expect(try await hub.state(call) == "written")
        }
    }
}
