import FoundationEssentials
import Hummingbird
import Jobs
import Model
import NIOCore
import Postgres
import Sandbox
import TestSupport
import Tenants
import Testing

@testable import CallSync

@Suite(.database, .timeLimit(.minutes(5))) struct WebhookTests {
    @Test func aWebhookMakesTheHubReadTheCallAtOnce() async throws {
        try await TestHub.with { hub in
            let call = hub.call()
            let route = try hub.webhooks()
            for number in 0..<3 {
                let body = #"{"Id":"\#(UUID())","CallId":"\#(call.lowercase)","EventType":"QueueCallInCompleted","N":\#(number)}"#
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
            let route = try hub.webhooks()
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
            let route = try hub.webhooks()
            let answer = await route.answer(token: "hook-secret", event: "UserStatus", tenant: "demo") { Array("{}".utf8) }
            #expect(answer == .accepted)
            try await hub.quiet()
            #expect(try await hub.state(call) == "written")
        }
    }
}

extension TestHub {
    fileprivate func webhooks() throws -> WebhookRoute {
        WebhookRoute(
            book: book, database: database, networks: try SourceNetworks(""), logger: logger, look: EventLook.job)
    }
}
