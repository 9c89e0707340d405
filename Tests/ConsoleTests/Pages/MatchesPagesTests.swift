import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct MatchesPagesTests {
    private static let number = "+31205550101"

    @Test func `ambiguous numbers are listed by their calls`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.sql(
                """
                INSERT INTO hub.directory_ambiguity (tenant_id, number, calls, candidates, first_at, last_at)
                SELECT tenant_id, n, c, 2, now(), now() FROM hub.tenant, (VALUES ('+31205550111', 3), ('+31205550112', 41)) AS v (n, c)
                WHERE name = 'acme'
                """)
            let browser = try await console.signIn(.viewer)
            let page = try await browser.get("/matches?tenant=acme")
            let (few, many) = (page.text.range(of: "+31205550111"), page.text.range(of: "+31205550112"))
            #expect(try #require(many).lowerBound < #require(few).lowerBound)
        }
    }

    @Test func `an operator decides whose a number is, for past calls too, and takes it back`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let id = try await console.addContact("First Contact", number: Self.number)
            try await console.addContact("Second Contact", number: Self.number)
            try await console.addCall(started: "\(Date().formatted(.iso8601))", other: Self.number)
            let browser = try await console.signIn(.operator, name: "decider")
            let page = try await browser.get("/matches/number?tenant=acme&number=%2B31205550101")
            #expect(page.contains("First Contact") && page.contains("Second Contact"))

            let path = "/matches/decide?tenant=acme&number=%2B31205550101&to=contact/\(id)"
            let (preview, done) = try await browser.act(path + "&past=7", change: [("past", "7")])
            #expect(preview.contains("1 call"))
            #expect(done.status == 303)
            #expect(try await console.value("SELECT chosen_id FROM hub.directory_decision WHERE number = '\(Self.number)'") == id)
            #expect(
                try await console.value("SELECT decided_by FROM hub.directory_decision WHERE number = '\(Self.number)'")
                    == "decider")
            #expect(try await console.audit("match.decide").first?.who == "decider")
            let payload = try await console.value("SELECT payload FROM hub.jobs ORDER BY id DESC LIMIT 1")
            #expect(payload?.contains(Self.number) == true, "past calls are looked at by a job")

            let undone = try await browser.act("/matches/undo?tenant=acme&number=%2B31205550101").done
            #expect(undone.status == 303)
            #expect(try await console.value("SELECT count(*) FROM hub.directory_decision") == "0")
            #expect(try await console.audit("match.undo").first?.detail?.contains("because of a test") == true)
        }
    }

    @Test func `other days back than were looked at are shown before they count`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let id = try await console.addContact("First Contact", number: Self.number)
            try await console.addCall(started: "\(Date().formatted(.iso8601))", other: Self.number)
            let browser = try await console.signIn(.operator)
            let path = "/matches/decide?tenant=acme&number=%2B31205550101&to=contact/\(id)"
            for (shown, confirmed) in [("", "7"), ("&past=7", "30"), ("&past=7", "")] {
                let again = try await browser.act(path + shown, change: [("past", confirmed)]).done
                #expect(again.status == 422 && again.contains("not those that you looked at"))
                #expect(again.hidden("shown") == confirmed)
                #expect(again.contains("1 call") == !confirmed.isEmpty)
            }
            #expect(try await console.value("SELECT count(*) FROM hub.directory_decision") == "0")
        }
    }

    @Test func `who is not in the directory can't be chosen, and a viewer chooses nobody`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let path = "/matches/decide?tenant=acme&number=%2B31205550101&to="
            let browser = try await console.signIn(.operator)
            #expect(try await browser.get(path + "contact/\(UUID().uuidString)").status == 409)
            #expect(try await browser.get(path + "nobody&past=3").status == 400)
            let viewer = try await console.signIn(.viewer)
            #expect(try await viewer.get(path + "nobody").status == 403)
            #expect(try await !viewer.get("/matches/number?tenant=acme&number=%2B31205550101").contains("/matches/decide"))
        }
    }
}
