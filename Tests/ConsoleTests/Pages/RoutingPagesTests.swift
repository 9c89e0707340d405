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
}
