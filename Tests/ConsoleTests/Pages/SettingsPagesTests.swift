import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct SettingsPagesTests {
    @Test func `an administrator sees in a rehearsal what a change would do, and makes it`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let today = Date().formatted(.iso8601)
            let short = try await console.addCall(started: today, talk: 20)
            try await console.addCall(started: today, talk: 60)
            let tiny = try await console.addCall(started: today, state: "skipped", talk: 2)
            let browser = try await console.signIn(.administrator, name: "boss")

            let longer = try await browser.get("/settings/change?tenant=acme&setting=CallDurationLimit&value=30&days=1")
            #expect(longer.contains("all 3 calls of the last day"))
            #expect(
                longer.text.contains(/Newly skipped<\/dt><dd>1<\/dd>/) && longer.text.contains(/Newly written<\/dt><dd>0<\/dd>/))
            #expect(longer.contains(short) && !longer.contains(tiny))

            let none = try await browser.get("/settings/change?tenant=acme&setting=CallDurationLimit&value=0&days=1")
            #expect(none.text.contains(/Newly written<\/dt><dd>1<\/dd>/) && none.contains(tiny))

            let done = try await browser.act("/settings/change?tenant=acme&setting=CallDurationLimit&value=30&days=1").done
            #expect(done.status == 303 && done.location == "/settings/CallDurationLimit?tenant=acme")
            let page = try await browser.get("/settings/CallDurationLimit?tenant=acme")
            #expect(page.contains("because of a test") && page.contains("boss"))
            #expect(try await console.audit("setting.change").first?.target == "CallDurationLimit")
            #expect(try await browser.get("/settings/change?tenant=acme&setting=CallDurationLimit&value=30").status == 409)

            #expect(
                try await browser.act("/settings/change?tenant=acme&setting=CallDurationLimit&default=yes").done.status == 303)
            #expect(try await console.value("SELECT count(*) FROM hub.settings_at(1)") == "0")
        }
    }

    @Test func `a setting is changed only from the value that was shown`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let browser = try await console.signIn(.administrator)
            let path = "/settings/change?tenant=acme&setting=CallDurationLimit&value="
            let shown = try #require(try await browser.get(path + "30").hidden("from"))
            #expect(try await browser.act(path + "20").done.status == 303)
            let refused = try await browser.act(path + "30", change: [("from", shown)]).done
            #expect(refused.status == 422 && refused.contains("CallDurationLimit is 20 by now"))
            #expect(refused.hidden("from") == "20")
            #expect(try await console.value("SELECT value FROM hub.settings_at(1)") == "20")

            // Browsers end the lines of a template otherwise.
            let template = "/settings/change?tenant=acme&setting=DescriptionTemplate&value="
            #expect(try await browser.act(template + "one%0Atwo").done.status == 303)
            let done = try await browser.act(template + "three", change: [("from", "one\r\ntwo")]).done
            #expect(done.status == 303)
        }
    }

    @Test func `another default assignee re-owns calls whose agent is nobody in Dynamics`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let assignee = UUID().uuidString.lowercased()
            try await console.sql(
                "INSERT INTO hub.person (tenant_id, system_user_id, full_name) SELECT tenant_id, '\(assignee)', 'Front Desk' FROM hub.tenant"
            )
            try await console.addCall(started: Date().formatted(.iso8601))
            let browser = try await console.signIn(.administrator)
            let page = try await browser.get("/settings/change?tenant=acme&setting=DefaultCrmAssignee&value=\(assignee)")
            #expect(page.text.contains(/Another owner<\/dt><dd>1<\/dd>/) && page.contains("given to Front Desk"))
        }
    }

    @Test func `turning the look-up off unlinks calls in the rehearsal`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.addContact("First Contact", number: "+31205550101")
            try await console.addCall(started: Date().formatted(.iso8601))
            let browser = try await console.signIn(.administrator)
            let page = try await browser.get("/settings/change?tenant=acme&setting=RegardingLookup&value=false")
            #expect(page.text.contains(/Another link<\/dt><dd>1<\/dd>/) && page.contains("not to contact First Contact"))
        }
    }

    @Test func `many calls are rehearsed with a sample of every day, and told as such`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            // Two of three in the second half of the time; one in ten would be skipped.
            try await console.sql(
                """
                WITH added AS (
                    INSERT INTO hub.call (tenant_id, call_id, call_day, privacy, direction, answered, started_at, talk_seconds, legs, content_hash, activity_id)
                    SELECT t.tenant_id, md5('call ' || n)::uuid, (at AT TIME ZONE 'UTC')::date, 'work', 'inbound', true, at,
                        CASE WHEN n % 10 = 0 THEN 20 ELSE 60 END, '[]', n, md5('activity ' || n)::uuid
                    FROM hub.tenant t, generate_series(1, 12000) n,
                        LATERAL (SELECT now() - n * interval '36 seconds' - greatest(n - 8000, 0) * interval '36 seconds') AS past (at)
                    RETURNING tenant_id, call_day
                )
                INSERT INTO hub.call_intake (tenant_id, call_day, seen) SELECT tenant_id, call_day, count(*) FROM added GROUP BY 1, 2
                """)
            let tenant = try #require(try await TenantStore(database: console.database).all().first)
            let rehearsal = try await SettingRehearsal.run(
                changing: "CallDurationLimit", to: "30", tenant: tenant, days: 7, size: 1000, on: console.database)
            #expect(rehearsal.outOf == 12_000)
            #expect((950...1050).contains(rehearsal.judged), "\(rehearsal.judged)")
            #expect((1000...1400).contains(rehearsal.estimate(rehearsal.found.count)), "\(rehearsal.found.count)")
            // Of every one of the days, and twice as many where there were twice as many.
            let half = Date(timeIntervalSinceNow: -8000 * 36)
            let newer = rehearsal.found.count { ($0.startedAt ?? .distantPast) > half }
            #expect((0.5...0.85).contains(Double(newer) / Double(rehearsal.found.count)))
            #expect(Set(rehearsal.found.compactMap { $0.startedAt.map { Int($0.timeIntervalSinceNow / 86_400) } }).count >= 6)

            let browser = try await console.signIn(.administrator)
            let page = try await browser.get("/settings/change?tenant=acme&setting=CallDurationLimit&value=30&days=7")
            #expect(
                page.text.contains(
                    /a sample of [45].[0-9]{3} calls out of 12.000, taken evenly from every hour of the last 7 days/))
            #expect(page.contains("Each stands for about 2;"))
            #expect(page.text.contains(/Newly skipped<\/dt><dd>about 1.[0-9]00 \([45][0-9]{2} in the sample\)<\/dd>/))
            #expect(page.text.contains(/Newly written<\/dt><dd>none in the sample<\/dd>/))
        }
    }

    @Test(arguments: [(0, 0), (7, 7), (99, 99), (104, 100), (1249, 1200), (1251, 1300), (98_765, 99_000)])
    func `estimates have two digits`(number: Int, shown: Int) { #expect(RehearsalView.rounded(number) == shown) }

    @Test func `values that can't be are refused, and only administrators change`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            let browser = try await console.signIn(.administrator)
            #expect(try await browser.get("/settings/change?tenant=acme&setting=CallDurationLimit&value=soon").status == 400)
            #expect(try await browser.get("/settings/NoSuchSetting").status == 404)
            let `operator` = try await console.signIn(.operator)
            #expect(try await `operator`.get("/settings/change?tenant=acme&setting=CallDurationLimit&value=3").status == 403)
            let page = try await `operator`.get("/settings/CallDurationLimit")
            #expect(page.status == 200 && !page.contains("action=\"/settings/change\""))
            #expect(try await `operator`.get("/settings").contains("CallStartMargin"))
        }
    }
}
