import Foundation
import Model
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

    @Test func `with a day a number is looked for on that day alone`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let old = try await addCallback(console, number: "+31205550101", at: "2026-02-01 10:00:00+00")
            let other = try await addCallback(console, number: "+31205550102", at: "2026-02-01 11:00:00+00")
            let new = try await addCallback(console, number: "+31205550101", at: "2026-03-02 10:00:00+00")
            let browser = try await console.signIn(.viewer)
            let all = try await browser.get("/callbacks?q=%2B31205550101")
            #expect(all.contains(old) && all.contains(new) && all.contains("Of all days"))
            let day = try await browser.get("/callbacks?q=%2B31205550101&day=2026-02-01")
            #expect(day.contains(old) && !day.contains(new) && !day.contains(other))
            #expect(day.contains("Of 2026-02-01 (UTC).") && day.contains("q=%2B31205550101&amp;day=2026-03-02"))
        }
    }

    @Test func `they are found by whom they were given to, by list and by queue`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let owned = try await addCallback(console, number: "+31205550101", at: "2026-03-02 10:00:00+00")
            let queued = try await addCallback(console, number: "+31205550102", at: "2026-03-02 11:00:00+00")
            try await console.sql(
                """
                INSERT INTO hub.person (tenant_id, system_user_id, full_name) VALUES (1, '00000000-0000-4000-8000-000000000007', 'First Owner');
                UPDATE hub.callback SET owner_id = '00000000-0000-4000-8000-000000000007' WHERE callback_id = '\(owned)';
                UPDATE hub.callback SET queue_name = 'Help desk' WHERE callback_id = '\(queued)';
                """)
            let browser = try await console.signIn(.viewer)
            for (words, found) in [("owner", [owned]), ("DESK", [queued]), ("sales", [owned, queued]), ("nobody", [])] {
                let page = try await browser.get("/callbacks?person=\(words)")
                #expect([owned, queued].filter(page.contains) == found, "\(words)")
                #expect(
                    try await browser.get("/callbacks?q=%2B31205550101&person=\(words)").contains(owned) == found.contains(owned))
            }
            #expect(try await browser.get("/callbacks?person=owner").contains("First Owner"))
        }
    }

    @Test func `links lead into Dynamics, to the phone call, whom it regards, and its queue`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.setDynamics("https://acme.example")
            let id = try await addCallback(console, number: "+31205550101", at: "2026-03-02 10:00:00+00")
            let browser = try await console.signIn(.viewer)
            #expect(try await !browser.get("/callbacks/\(id)").contains("https://acme.example"))
            let (activity, contact, queue) = (UUID(), UUID(), UUID())
            try await console.sql(
                """
                UPDATE hub.callback SET state = 'written', written_at = now(), record_state = 'open', activity_id = '\(activity)',
                    regarding_table = 'contact', regarding_id = '\(contact)', dynamics_queue_id = '\(queue)'
                WHERE callback_id = '\(id)'
                """)
            let page = try await browser.get("/callbacks/\(id)")
            for (table, record) in [("phonecall", activity), ("contact", contact), ("queue", queue)] {
                let address = "https://acme.example/main.aspx?pagetype=entityrecord&amp;etn=\(table)&amp;id=\(record.lowercase)"
                #expect(page.contains("href=\"\(address)\""), "\(table)")
            }
            #expect(page.contains("Contact in Dynamics") && page.contains("Queue in Dynamics"))
        }
    }

    @Test func `a request leads to its jobs, whatever their key, and each of them back to it`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let id = try await addCallback(console, number: "+31205550101", at: "2026-03-02 10:00:00+00", state: "dead")
            let other = try await addCallback(console, number: "+31205550101", at: "2026-03-02 11:00:00+00")
            try await console.sql(
                """
                SELECT hub.job_queue_id('callbacks'), hub.job_kind_id('callback.write'), hub.job_kind_id('callback.close');
                INSERT INTO hub.job_dead (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, key, payload, enqueued_at, died_at)
                SELECT n, n, 1, 1, 1, 1, 20, 'number/00000000-0000-4000-8000-000000000001', jsonb_build_object('callback', c),
                       now() - interval '1 minute', now()
                FROM (VALUES (701, '\(id)'), (702, '\(other)')) AS v (n, c);
                INSERT INTO hub.job_ready (id, seq, tenant_id, queue_id, kind_id, lane, max_attempts, payload)
                VALUES (703, 703, 1, 1, 2, 1, 10, '{"callback": "\(id)", "success": true}');
                """)
            let browser = try await console.signIn(.operator)
            let page = try await browser.get("/callbacks/\(id)?tenant=acme")
            let link = try #require(page.text.firstMatch(of: /href="(\/jobs\?[^"#]+)#list">Its jobs</)?.1)
            let jobs = try await browser.get(String(link).replacing("&amp;", with: "&"))
            #expect(jobs.contains("href=\"/jobs/701\"") && jobs.contains("href=\"/jobs/703\""))
            #expect(!jobs.contains("href=\"/jobs/702\""))
            #expect(jobs.contains("Retry 1 job</a>"), "actions are about the same jobs")
            let job = try await browser.get("/jobs/701")
            #expect(job.contains("href=\"/callbacks?q=\(id)\""))
            #expect(job.contains("The hub saw the request for the first time."), "the request's events stand on its timeline")
        }
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
