import Foundation
import Postgres
import Runtime
import Testing
import TestSupport

@testable import Router

/// One tenant's trouble is not the others'.
@Suite struct TenantIsolationTests {
    /// From now on reading a row of the table for one tenant does this, with the router's rights.
    private static func trap(_ table: String, _ tenant: Int32, _ what: String, on database: Database) async throws {
        try await database.withConnection {
            try await $0.run(
                script: """
                    ALTER TABLE hub.\(table) ENABLE ROW LEVEL SECURITY;
                    CREATE POLICY trap ON hub.\(table) TO trunkline_router USING (CASE WHEN tenant_id = \(tenant) THEN \(what) ELSE true END);
                    """)
        }
    }

    private static func untrap(_ table: String, on database: Database) async throws {
        try await database.withConnection {
            try await $0.run(script: "DROP POLICY trap ON hub.\(table); ALTER TABLE hub.\(table) DISABLE ROW LEVEL SECURITY;")
        }
    }

    @Test(.database) func `while a large directory is read anew, rules and keys of all tenants count within two seconds`()
        async throws
    {
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            let (other, _, otherKey) = try await TestRouter.makeTenant(rules: TestRouter.rules, on: router.database)
            try await RouterFixtures.known(router.database, other)
            try await eventually("the other tenant is read") {
                try await router.ask("+358401234567", key: otherKey).status == 200
            }
            // As a directory of millions would be: reading its numbers takes very long.
            try await Self.trap("directory_entry", router.tenant, "pg_sleep(600) IS NOT NULL", on: router.database)
            _ = try await router.database.query(
                Statement("", "SELECT hub.directory_changed($1, reload => true)"), [router.tenant])
            try await eventually("it is being read") {
                let count = Statement(
                    "", "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
                return try await router.database.query(count)[0].decode(Int64.self) > 0
            }
            try await router.appliesInTime()
            try await router.appliesInTime(to: (other, otherKey))
            try await router.revokesInTime()
        }
    }

    @Test(.database) func `a tenant that can't be read is answered by what is known, the others by what is new`() async throws {
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            let (other, _, otherKey) = try await TestRouter.makeTenant(rules: TestRouter.rules, on: router.database)
            try await RouterFixtures.known(router.database, other)
            try await eventually("the other tenant is read") {
                try await router.ask("+358401234567", key: otherKey).status == 200
            }
            try await Self.trap("own_number", router.tenant, "1 / (tenant_id - tenant_id) = 1", on: router.database)
            try await router.apply(TestRouter.rulesToOne("+358931009"))
            try await router.appliesInTime(to: (other, otherKey))
            #expect(try await router.ask("+358401234567").target == "+358931001")
            try await eventually("the operator is told") {
                let check = router.readiness["routes"]
                return check?.state == .degraded && check?.text.contains(router.name) == true
            }
            try await Self.untrap("own_number", on: router.database)
            try await eventually("it counts again") { try await router.ask("+358401234567").target == "+358931009" }
        }
    }
}
