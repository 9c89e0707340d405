import Foundation
import Postgres
import Runtime
import Runtime
import Testing
import TestSupport

@testable import Router

/// Several routers at once, and what one of them missed.
@Suite(.database) struct InstancesTests {
    @Test(arguments: [true, false]) func `every instance has new rules and keys within two seconds, with LISTEN or without`(
        listens: Bool
    )
        async throws
    {
        var options = TestRouter.Options()
        options.listens = listens
        try await TestRouter.run(options: options, prepare: RouterFixtures.known) { first async throws in
            try await first.beside(options) { second async throws in
                for _ in 1...3 {
                    for router in [first, second] { try await router.appliesInTime() }
                }
                for router in [first, second] { try await router.revokesInTime() }
            }
        }
    }

    @Test func `what changed while the database was out of reach is caught up with, deletions too`() async throws {
        let url = try #require(URLComponents(string: try TestDatabase.current.url))
        let line = try await DatabaseLine.lay(to: try #require(url.port))
        var through = url
        through.port = line.port
        var options = TestRouter.Options()
        options.url = through.string
        try await TestRouter.run(options: options, prepare: RouterFixtures.known) { router async throws in
            #expect(try await router.ask("+358401234567").target == "+358931001")
            // It answers before it has looked whether what it read is still so; cut off that early it counts as never read.
            try await eventually("it knows that it is current") { router.readiness["routes"]?.state == .ready }
            try await eventually("it notices") {
                await line.cut()
                return router.readiness["routes"]?.state == .degraded
            }
            // Whatever it would have been told of, and much of it at once.
            try await router.apply(TestRouter.rulesToOne("+358931009"))
            try await router.database.withConnection {
                try await $0.run(
                    script: """
                        \(RouterFixtures.entry(router.tenant, 2, "contact"))
                        \(RouterFixtures.number(router.tenant, 2, "+358407777777"))
                        DELETE FROM hub.directory_number WHERE tenant_id = \(router.tenant) AND number = '+358401234567';
                        SELECT hub.directory_changed(
                            \(router.tenant), ARRAY['\(RouterFixtures.id(2))']::uuid[], ARRAY['\(RouterFixtures.id(1))']::uuid[], ARRAY['+358401234567']);
                        INSERT INTO hub.route_number (tenant_id, number, kind) VALUES (\(router.tenant), '+358408888888', 'lead');
                        SELECT hub.route_changed(\(router.tenant), '{+358408888888}');
                        """)
            }
            for _ in 0..<20 { #expect(try await router.ask("+358401234567").target == "+358931001") }
            #expect(try await router.ask("+358407777777").status == 204)
            line.mend()
            try await eventually("it has caught up") { try await router.ask("+358407777777").target == "+358931009" }
            try await eventually("with all of it") { router.readiness["routes"]?.state == .ready }
            #expect(try await router.ask("+358401234567").status == 204)
            #expect(try await router.ask("+358408888888").target == "+358931009")
        }
        await line.end()
    }
}
