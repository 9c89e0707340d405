import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct RoutingPagesTests {
    private static func document(_ target: String) -> String {
        """
        timezone: Europe/Amsterdam
        queues:
          main: {number: +31205550100}
        rules:
          - {name: strangers, when: {caller: unknown}, to: '\(target)'}
        """
    }

    private static func apply(_ document: String) -> String {
        Query().setting("tenant", "acme").setting("document", document).link("/routing/apply")
    }

    @Test func `a document is checked, compared, put into force, tried, and taken back`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let browser = try await console.signIn(.administrator, name: "boss")
            #expect(try await browser.get("/routing?tenant=acme").contains("no rules were ever applied"))

            let first = try await browser.act(Self.apply(Self.document("+31205550150"))).done
            #expect(first.status == 303 && first.location == "/routing/rules/1?tenant=acme")
            let (preview, second) = try await browser.act(Self.apply(Self.document("+31205550151")))
            #expect(preview.contains("<li class=\"minus\">") && preview.contains("<li class=\"plus\">"))
            #expect(second.status == 303)

            let tried = try await browser.get("/routing/try?tenant=acme&anum=%2B31205550177&bnum=%2B31205550100")
            #expect(tried.contains("+31205550151") && tried.contains("strangers"))

            let back = try await browser.act("/routing/rollback?tenant=acme&version=1").done
            #expect(back.status == 303)
            let page = try await browser.get("/routing?tenant=acme")
            #expect(page.contains("version 3") && page.contains("+31205550150"))
            #expect(try await console.audit("rules.rollback").first?.who == "boss")
            #expect(try await browser.get("/routing/rules/2?tenant=acme").contains("Against version 1"))
        }
    }

    @Test func `an earlier version is put into force only after the one that was shown`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let browser = try await console.signIn(.administrator)
            for target in ["+31205550150", "+31205550151"] {
                #expect(try await browser.act(Self.apply(Self.document(target))).done.status == 303)
            }
            let path = "/routing/rollback?tenant=acme&version=1"
            #expect(try await browser.get(path).hidden("after") == "2")
            #expect(try await browser.act(Self.apply(Self.document("+31205550152"))).done.status == 303)
            let refused = try await browser.act(path, change: [("after", "2")]).done
            #expect(refused.status == 422 && refused.contains("Version 3 is in force by now"))
            #expect(refused.hidden("after") == "3")
            #expect(try await console.value("SELECT max(version) FROM hub.route_rule_set") == "3")

            // The same at the last moment, when the page has been looked at.
            let desk = RuleDesk(database: console.database, who: "test")
            let tenant = try await TenantStore(database: console.database).named("acme" as String)
            await #expect(throws: OperatorError.self) { try await desk.rollBack(to: 1, of: tenant, after: 2, note: nil) }
            #expect(try await browser.act(path).done.status == 303)
        }
    }

    @Test func `what can't be compiled is refused with its reason, and a viewer changes nothing`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let browser = try await console.signIn(.administrator)
            let refused = try await browser.get(Self.apply("rules: [{name: a, to: nowhere}]"))
            #expect(refused.status == 400 && refused.contains("the document:"))
            let viewer = try await console.signIn(.viewer)
            #expect(try await viewer.get(Self.apply(Self.document("+31205550150"))).status == 403)
            #expect(try await !viewer.get("/routing?tenant=acme").contains("action=\"/routing/apply\""))
        }
    }

    /// Decisions of one millisecond about the callers +31205551000 and so on; the last number comes first on pages.
    private func addDecisions(_ numbers: ClosedRange<Int>, to console: TestConsole) async throws {
        try await console.sql(
            """
            INSERT INTO hub.route_decision (
                tenant_id, at, seq, instance_id, anum, bnum, masked, outcome, reason, took_us, question, trace)
            SELECT 1, date_trunc('hour', now()), n, '00000000-0000-4000-8000-000000000001', '+3120555' || 1000 + n, '+31205550100',
                   false, 'standard', 'no_rule', 5, '{"at": 1, "who": "number", "caller": {}}', '[]'
            FROM generate_series(\(numbers.lowerBound), \(numbers.upperBound)) AS n
            """)
    }

    @Test func `versions of the rules go on by number until each was shown, and the newest stays in force above`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.sql(
                """
                INSERT INTO hub.route_rule_set (tenant_id, version, document, rules, applied_by)
                SELECT 1, n, 'document ' || n, 1, 'test' FROM generate_series(1, 120) AS n
                """)
            let browser = try await console.signIn(.administrator)
            var (seen, path, pages) = ([Int](), "/routing?tenant=acme", 0)
            while pages < 9 {
                let page = try await browser.get(path)
                pages += 1
                #expect(page.contains("version 120") && page.contains(">document 120</textarea>"))
                seen += page.text.matches(of: /<th scope="row"><a href="\/routing\/rules\/(\d+)/).compactMap { Int($0.1) }
                guard let next = page.text.firstMatch(of: /<a href="([^"]+)" rel="next">/)?.1 else { break }
                path = String(next).replacing("&amp;", with: "&")
            }
            #expect(seen == Array((1...120).reversed()) && pages == 3)
        }
    }

    @Test func `the newest decisions come by themselves, an older page stays as it is`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await addDecisions(1...60, to: console)
            let browser = try await console.signIn(.viewer)
            let page = try await browser.get("/routing?tenant=acme")
            #expect(page.contains("data-live=\"routing.decisions?tenant=acme\"") && page.contains("+31205551060"))
            let next = try #require(page.text.firstMatch(of: /<a href="([^"#]+)[^"]*" rel="next">/)?.1)
            let older = try await browser.get(String(next).replacing("&amp;", with: "&"))
            #expect(older.contains("+31205551010") && !older.contains("data-live=\"routing.decisions"))

            let live = console.services.live
            let stream = try #require(try await live.look(at: ["routing.decisions?tenant=acme"], in: []))
            try await addDecisions(61...61, to: console)
            await live.tick()
            var parts = stream.makeAsyncIterator()
            while true {
                guard case .part(let name, let html)? = await parts.next() else { continue }
                #expect(name == "routing.decisions?tenant=acme")
                if html.contains("+31205551061") { break }
            }
        }
    }

    @Test func `of decisions of one millisecond every one is on a page`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await addDecisions(1...120, to: console)
            let browser = try await console.signIn(.viewer)
            var (seen, path, pages) = ([String](), "/routing?tenant=acme", 0)
            while pages < 9 {
                let page = try await browser.get(path)
                pages += 1
                seen += page.text.matches(of: /\+3120555(1[01]\d\d)/).map { String($0.1) }
                guard let next = page.text.firstMatch(of: /<a href="([^"]+)" rel="next">/)?.1 else { break }
                path = String(next).replacing("&amp;", with: "&")
            }
            #expect(Set(seen).count == 120 && pages > 1)
        }
    }
}
