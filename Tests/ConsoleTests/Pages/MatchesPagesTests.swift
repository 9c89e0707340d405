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

    @Test func `both lists of numbers go on by key until each was shown once, and are narrowed by digits`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.sql(
                """
                INSERT INTO hub.directory_ambiguity (tenant_id, number, calls, candidates, first_at, last_at)
                SELECT 1, '+3120555' || 1000 + n, n % 3, 2, now(), now() FROM generate_series(1, 120) AS n;
                INSERT INTO hub.directory_decision (tenant_id, number, decided_by, decided_at)
                SELECT 1, '+3120556' || 1000 + n, 'test', now() - (n % 2) * interval '1 hour' FROM generate_series(1, 70) AS n;
                """)
            let browser = try await console.signIn(.viewer)
            for (first, count) in [("5551", 120), ("5561", 70)] {
                var (seen, path, pages) = ([String](), "/matches?tenant=acme", 0)
                while pages < 9 {
                    let page = try await browser.get(path)
                    pages += 1
                    seen += page.text.matches(of: /<th scope="row"><a [^>]*>(\+3120\d+)</).map { String($0.1) }.filter {
                        $0.contains(first)
                    }
                    let name = first == "5551" ? "Numbers that wait" : "Decisions"
                    let pager = try #require(page.text.split(separator: "aria-label=\"\(name)\"").last).prefix { $0 != "\n" }
                    guard let next = pager.firstMatch(of: /<a href="([^"]+)" rel="next">/)?.1 else { break }
                    path = String(next).replacing("&amp;", with: "&")
                }
                #expect(Set(seen).count == count && seen.count == count && pages == (count + 49) / 50, "\(first)")
            }
            let one = try await browser.get("/matches?tenant=acme&number=020%205551007")
            #expect(one.text.matches(of: /<th scope="row">/).count == 1 && one.contains("+31205551007"))
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
