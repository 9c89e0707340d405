import Foundation
import Model
import NIOCore
import NIOPosix
import Testing

@testable import Router
@testable import Routing

/// One event loop's answers, without a connection.
@Suite struct RouteLoopTests {
    private static let key = "trk_test"

    /// A snapshot by which everybody is ended.
    private static func snapshot() throws -> RouterSnapshot {
        let versions = RouteStateStore.Versions(
            tenant: 1, name: "t", rules: 1, numbers: 1, directory: 1, directoryReload: 1, people: 1, settings: 1, scope: .init())
        var builder = NumberIndexBuilder(expecting: 0)
        _ = try builder.meaning(of: NumberRecord(kind: .contact))
        var routes = TenantRoutes(
            versions, numbers: .memory(try builder.finish(people: [:])), freshness: Freshness(limit: .seconds(60)))
        routes.freshness.set(Date())
        routes.isRead = true
        routes.program = try RuleProgram.compile("rules: [{name: a, when: {caller: unknown}, to: disconnect}]", file: "r.yaml")
        let valid = ApiKeyStore.Valid(tenant: 1, digest: KeyDigest.of(key), networks: [], expiresAt: nil)
        return RouterSnapshot(tenants: [1: routes], keys: [valid])
    }

    private static func ask(_ loop: RouteLoop) -> Answer? {
        let (path, key, body) = (
            Array("/route".utf8), Array(key.utf8), Array(#"{"anum":"+358401234567","bnum":"+35893100500"}"#.utf8)
        )
        return path.withUnsafeBytes { path in
            key.withUnsafeBytes { key in
                body.withUnsafeBytes { body in
                    let request = RouteRequest(
                        method: .post, path: path, key: key, authorization: nil, body: body, address: [127, 0, 0, 1])
                    return loop.answer(request) { _ in }
                }
            }
        }
    }

    @Test func `what a loop comes to only after the deadline stays on its way`() async throws {
        let snapshot = try Self.snapshot()
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let shared = RouteShared(queue: DecisionQueue(mostPerSecond: 1000), lookups: nil, counters: RouterCounters())
        let statuses = try await eventLoop.submit {
            let loop = RouteLoop(eventLoop, settings: RouteSettings(), shared: shared)
            loop.snapshot = snapshot
            let now = RouteLoop.ticks()
            // As if it had last come by that many milliseconds ago.
            return [0, 400, 600, 60_000, 0].map { (held: UInt64) in
                loop.comeBy(at: now - held * 1_000_000)
                return Self.ask(loop)?.status
            }
        }.get()
        #expect(statuses == [200, 200, 204, 204, 200])
        let reasons = shared.queue.take().map(\.decision.reason)
        #expect(reasons == [.rule, .rule, .deadline, .deadline])
    }
}
