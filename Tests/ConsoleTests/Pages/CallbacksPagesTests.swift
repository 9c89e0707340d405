import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct CallbacksPagesTests {
    private func addCallback(_ console: TestConsole, number: String, at: String, state: String = "pending") async throws -> String
    {
        let id = UUID().uuidString.lowercased()
        try await console.sql(
            """
            INSERT INTO hub.callback (tenant_id, callback_id, callback_day, state, reason, list_id, list_name, number, requested_at,
                                      enreach_state, content_hash, activity_id)
            SELECT tenant_id, '\(id)', ('\(at)'::timestamptz AT TIME ZONE 'UTC')::date, '\(state)',
                   \(state == "dead" ? "'gave_up'" : "NULL"), gen_random_uuid(), 'Sales', '\(number)', '\(at)', 'open', 1, gen_random_uuid()
            FROM hub.tenant WHERE name = 'acme';
            INSERT INTO hub.timeline (tenant_id, entity, subject_id, event)
            SELECT tenant_id, 'callback', '\(id)', 'seen' FROM hub.tenant WHERE name = 'acme';
            """)
        return id
    }

    @Test func `requests are found by number, day and state, and tell their story`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let old = try await addCallback(console, number: "+31205550101", at: "2026-02-01 10:00:00+00", state: "dead")
            let new = try await addCallback(console, number: "+31205550102", at: "2026-03-02 10:00:00+00")
            let browser = try await console.signIn(.viewer)
            let newest = try await browser.get("/callbacks?tenant=acme")
            #expect(newest.contains(new) && !newest.contains(old) && newest.contains("day=2026-02-01"))
            let byNumber = try await browser.get("/callbacks?q=%2B31205550101")
            #expect(byNumber.contains(old) && !byNumber.contains(new))
            #expect(try await !browser.get("/callbacks?q=%2B31205550101&state=pending").contains(old))
            #expect(try await browser.get("/callbacks?q=\(old)").location == "/callbacks/\(old)?tenant=acme")
            let page = try await browser.get("/callbacks/\(old)?tenant=acme")
            #expect(page.status == 200 && page.contains("The hub saw the request for the first time."))
            #expect(try await browser.get("/callbacks/\(UUID().uuidString)").status == 404)
        }
    }
}
