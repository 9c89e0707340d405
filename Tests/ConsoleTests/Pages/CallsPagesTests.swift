import Foundation
import Model
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct CallsPagesTests {
    @Test func `a number finds its calls of all days, and only those`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let old = try await console.addCall(started: "2025-05-01 10:00:00+00")
            let new = try await console.addCall(started: "2026-03-02 10:00:00+00")
            let other = try await console.addCall(other: "+31205550102")
            let browser = try await console.signIn(.viewer)
            let page = try await browser.get("/calls?tenant=acme&q=%2B31%2020%20555%200101")
            #expect(page.status == 200)
            #expect(page.contains(old) && page.contains(new) && !page.contains(other))
            let ofDay = try await browser.get("/calls?q=%2B31205550199&day=2026-03-02")
            #expect(ofDay.contains(new) && ofDay.contains(other) && !ofDay.contains(old))
            #expect(ofDay.contains("day=2025-05-01"), "the day before that has calls is linked")
        }
    }

    @Test func `a list goes on by key until every call of the day was shown once`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            var ids: Set<String> = []
            // Some at the same moment: only the id tells them apart.
            for index in 0..<120 {
                ids.insert(try await console.addCall(started: "2026-04-05 08:00:\(10 + index / 3).000001+00"))
            }
            let browser = try await console.signIn(.viewer)
            var (seen, path, pages) = ([String](), "/calls?tenant=acme&day=2026-04-05", 0)
            while pages < 5 {
                let page = try await browser.get(path)
                pages += 1
                seen += page.text.matches(of: /<th scope="row"><a href="\/calls\/([0-9a-f-]{36})/).map { String($0.1) }
                guard let next = page.text.firstMatch(of: /<a href="([^"]+)" rel="next">/)?.1 else { break }
                path = String(next).replacing("&amp;", with: "&")
            }
            #expect(pages == 3 && seen.count == 120 && Set(seen) == ids)
        }
    }

    @Test func `a rare state is looked for as far as a page reaches, and from there further back`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            for minute in 11..<35 { try await console.addCall(started: "2026-04-05 08:\(minute):00+00") }
            let rare = try await console.addCall(started: "2026-04-05 08:10:00+00", state: "skipped")
            let store = CallListStore(database: console.database, reachOfDay: 10, reachOfNumber: 10)
            for isOfDay in [true, false] {
                let filter = CallFilter(Query(encoded: "state=skipped"))
                var (found, ends, key) = ([String](), 0, PageKey?.none)
                repeat {
                    let slice =
                        isOfDay
                        ? try await store.list(tenant: 1, day: "2026-04-05", filter, after: key, limit: 5)
                        : try await store.list(tenant: 1, number: "+31205550101", filter, after: key, limit: 5)
                    found += slice.rows.map(\.id.lowercase)
                    key = slice.end
                    if key != nil { ends += 1 }
                } while key != nil
                #expect(found == [rare] && ends == 2, "25 calls, ten at a time")
            }
        }
    }

    @Test func `state and user narrow the list`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let short = try await console.addCall(started: "2026-05-06 08:00:00+00", state: "skipped", user: "second user")
            let written = try await console.addCall(started: "2026-05-06 09:00:00+00")
            let browser = try await console.signIn(.viewer)
            let skipped = try await browser.get("/calls?day=2026-05-06&state=skipped")
            #expect(skipped.contains(short) && !skipped.contains(written) && skipped.contains("shorter than CallDurationLimit"))
            let second = try await browser.get("/calls?day=2026-05-06&person=SECOND")
            #expect(second.contains(short) && !second.contains(written))
            #expect(try await browser.get("/calls?day=2026-02-31").status == 400)
        }
    }

    @Test func `an id leads to the call's story with a link into Dynamics`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.setDynamics("https://acme.crm4.dynamics.com/")
            let id = try await console.addCall()
            let activity = try #require(try await console.value("SELECT activity_id FROM hub.call WHERE call_id = '\(id)'"))
            try await console.sql(
                """
                INSERT INTO hub.timeline (tenant_id, entity, subject_id, event, detail)
                SELECT tenant_id, 'call', call_id, 'written', '{"attempt": 2}' FROM hub.call WHERE call_id = '\(id)'
                """)
            let browser = try await console.signIn(.viewer)
            #expect(try await browser.get("/calls?q=\(id)").location == "/calls/\(id)?tenant=acme")
            #expect(try await browser.get("/calls?q=\(activity)").location == "/calls/\(id)?tenant=acme")
            let page = try await browser.get("/calls/\(id)?tenant=acme")
            #expect(page.status == 200)
            #expect(page.contains("The phone call was made in Dynamics.") && page.contains("attempt: 2"))
            #expect(
                page.contains(
                    "https://acme.crm4.dynamics.com/main.aspx?pagetype=entityrecord&amp;etn=phonecall&amp;id=\(activity)"))
            // Only what a link may lead to.
            for address in ["http://acme.crm4.dynamics.com", "https://ann@acme.example", "https://acme.example\\\".evil"] {
                try await console.setDynamics(address)
                #expect(try await !browser.get("/calls/\(id)").contains("pagetype=entityrecord"), "\(address)")
            }
            try await console.setDynamics("http://127.0.0.1:8200")
            #expect(try await browser.get("/calls/\(id)").contains("href=\"http://127.0.0.1:8200/main.aspx?"))
            #expect(try await browser.get("/calls/\(UUID().uuidString)").status == 404)
            #expect(try await browser.get("/calls?q=\(UUID().uuidString)").status == 404)
        }
    }
}
