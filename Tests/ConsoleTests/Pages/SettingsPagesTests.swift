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
