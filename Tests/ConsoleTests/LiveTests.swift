import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite struct LiveTests {
    /// What came over a live connection, until `enough` says so.
    private func listen(
        _ console: TestConsole, _ browser: TestBrowser, _ query: String, until enough: @Sendable (String) async throws -> Bool
    ) async throws -> (status: UInt, text: String) {
        var request = HTTPClientRequest(url: "\(console.address)/live?\(query)")
        request.headers.add(name: "Cookie", value: browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; "))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        var text = ""
        guard response.status == .ok else { return (response.status.code, "") }
        for try await part in response.body {
            text += String(buffer: part)
            if try await enough(text) { break }
        }
        return (200, text)
    }

    @Test(.database) func `parts come at once, and again when they change`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.viewer)
            let (status, text) = try await listen(console, browser, "of=jobs.counts&of=unknown") { text in
                if text.contains("event: part") {
                    try await console.sql("UPDATE hub.job_depth SET jobs = 77777 WHERE state = 'ready'")
                }
                return text.contains("77\\u202f777") || text.contains("77\u{202F}777")
            }
            #expect(status == 200)
            #expect(text.hasPrefix("retry: 3000"))
            #expect(text.contains("\"of\":\"jobs.counts\""))
            #expect(!text.contains("unknown"))
            #expect(!text.contains("<script>alert"))
            try await eventually("the viewer is forgotten") { console.services.live.count == 0 }
        }
    }

    @Test(.database) func `no more look at once than may, and nobody at what there is not`() async throws {
        try await TestConsole.run(settings: { $0.liveConnections = 1 }) { console in
            let browser = try await console.signIn(.viewer)
            #expect(try await listen(console, browser, "of=unknown") { _ in true }.status == 503)
            #expect(try await listen(console, browser, "") { _ in true }.status == 503)
            let (status, _) = try await listen(console, browser, "of=jobs.counts") { text in
                guard text.contains("event: part") else { return false }
                let second = try await listen(console, browser, "of=jobs.counts") { _ in true }
                #expect(second.status == 503)
                return true
            }
            #expect(status == 200)
        }
    }

    @Test(.database) func `one session looks so often at most, and leaves room for others`() async throws {
        try await TestConsole.run { console in
            let live = console.services.live
            var streams: [AsyncStream<LiveHub.Event>] = []
            for _ in 0..<LiveHub.mostOfSession {
                streams.append(try #require(try await live.look(at: ["jobs.counts"], in: [1])))
            }
            #expect(try await live.look(at: ["jobs.counts"], in: [1]) == nil)
            #expect(try await live.look(at: ["jobs.counts"], in: [2]) != nil)
            streams.removeLast()
            try await eventually("one has gone") { live.count == LiveHub.mostOfSession - 1 }
            #expect(try await live.look(at: ["jobs.counts"], in: [1]) != nil)
        }
    }

    @Test(.database) func `only tenants that there are can be looked at`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let browser = try await console.signIn(.viewer)
            for query in ["?tenant=nobody", "?tenant=", "?x=1", "?tenant=acme&x=1", "?tenant=%2561cme"] {
                let of = Query.encoded("overview.now" + query)
                #expect(try await listen(console, browser, "of=\(of)") { _ in true }.status == 503, "\(query)")
            }
            let (status, text) = try await listen(
                console, browser,
                "of=\(Query.encoded("overview.now?tenant=nobody"))&of=\(Query.encoded("overview.now?tenant=acme"))"
            ) { $0.contains("event: part") }
            #expect(status == 200 && text.contains("overview.now?tenant=acme") && !text.contains("nobody"))
        }
    }

    @Test(.database) func `when the program stops, so do live answers`() async throws {
        try await withThrowingTaskGroup(of: String.self) { group in
            try await TestConsole.run { console in
                let browser = try await console.signIn(.viewer)
                group.addTask { try await listen(console, browser, "of=jobs.counts") { _ in false }.text }
                try await eventually("somebody looks") { console.services.live.count == 1 }
            }
            // The console stopped in order, which waits for its answers; one that hangs would have kept it.
            #expect(try await group.next()?.hasPrefix("retry: 3000") == true)
        }
    }

    @Test(.database) func `what is kept up to date is read with few statements, and only while somebody looks`() async throws {
        try await TestConsole.run { console in
            await console.services.live.tick()
            for fragment in ConsoleFeatures.fragments {
                let stream = try #require(try await console.services.live.look(at: [fragment.name], in: []))
                await console.services.live.tick()
                var iterator = stream.makeAsyncIterator()
                guard case .part(let name, let html)? = await iterator.next() else {
                    Issue.record("\(fragment.name) says nothing")
                    continue
                }
                #expect(name == fragment.name && !html.isEmpty)
            }
        }
    }
}
