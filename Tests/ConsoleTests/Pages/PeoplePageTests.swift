import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct PeoplePageTests {
    @Test func `people are listed with the reason of their match`() async throws {
        try await TestConsole.run { console in
            try await console.addTenant()
            try await console.sql(
                """
                INSERT INTO hub.person (tenant_id, system_user_id, full_name, email)
                SELECT tenant_id, gen_random_uuid(), n, e FROM hub.tenant,
                    (VALUES ('First Person', 'first@example.com'), ('Second Person', 'second@example.com')) AS v (n, e)
                WHERE name = 'acme'
                """)
            let browser = try await console.signIn(.viewer)
            let page = try await browser.get("/people?tenant=acme")
            #expect(page.status == 200 && page.contains("First Person") && page.contains("Second Person"))
            #expect(page.contains("not looked at"))
            let second = try await browser.get("/people?q=SECOND@")
            #expect(second.contains("Second Person") && !second.contains("First Person"))
            #expect(try await !browser.get("/people?state=matched").contains("Second Person"))
        }
    }
}
