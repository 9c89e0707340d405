import Logging
import NIOCore
import Postgres
import Routing
import Testing
import TestSupport

@testable import Router

/// Look-ups in the database when it does not keep up.
@Suite(.database) struct LookupTests {
    @Test func `a database that hangs gets a bounded number of questions, and every one is answered 204 in time`() async throws {
        var settings = RouteSettings()
        settings.deadline = .milliseconds(300)
        settings.mostInFlight = 100
        try await TestRouter.run(usesDatabaseIndex: true, settings: settings, prepare: RouterFixtures.known) {
            router async throws in
            try await eventually("it answers in time") { try await router.ask("+358401234567").target == "+358931001" }
            try await router.database.withTransaction { connection in
                try await connection.run(script: "LOCK TABLE hub.directory_number IN ACCESS EXCLUSIVE MODE")
                for _ in 0..<6 {
                    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                        for index in 0..<100 { group.addTask { try await router.ask("+3584011111\(10 + index % 90)").status } }
                        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
                    }
                    #expect(statuses == [204])
                }
                #expect(router.lookups?.waiting ?? 0 <= 600)
            }
            try await eventually("it answers again, and nothing is left behind") {
                try await router.ask("+358401234567").target == "+358931001" && router.lookups?.waiting == 0
            }
        }
    }

    @Test func `beyond the bound questions are refused at once, and those whose time is over make room`() async throws {
        let database = try TestDatabase.current.connect()
        let batcher = LookupBatcher(database: database, workers: 1, mostWaiting: 3, logger: .init(label: "t"))
        try await TestRouter.run { router async throws in
            let routes = try #require(try await router.routes())
            let loop = try #require(router.loops.anyEventLoop)
            func ask(_ deadline: NIODeadline) async throws -> Bool {
                try await loop.submit {
                    let pending = NIOLoopBound(PendingLookup { _, _ in }, eventLoop: loop)
                    return batcher.ask(
                        .init(number: E164(value: 358_401_234_567), routes: routes, pending: pending, deadline: deadline))
                }.get()
            }
            for _ in 0..<2 { #expect(try await ask(.distantFuture)) }
            #expect(try await ask(.uptimeNanoseconds(1)))
            // The third has had its time: its place goes to the next.
            #expect(try await ask(.distantFuture))
            #expect(try await ask(.distantFuture) == false)
            #expect(batcher.waiting == 3)
        }
        await database.close()
    }
}
