import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import Sandbox
import Testing

@Suite struct FaultTests {
    @Test func `One seed strikes the same occasions`() {
        func struck(_ seed: UInt64) -> [Bool] {
            let plan = FaultPlan([Fault(.status500, on: .enreach, rate: 0.3)], seed: seed)
            return (0..<200).map { _ in plan.strike(.status500, on: .enreach) != nil }
        }
        #expect(struck(1) == struck(1))
        #expect(struck(1) != struck(2))
        #expect((30...90).contains(struck(1).count { $0 }))
    }

    @Test func `A fault has a side, a path and a number of times`() {
        let plan = FaultPlan([Fault(.slow, on: .dataverse, path: "/$batch", times: 2)])
        #expect(plan.strike(.slow, on: .enreach, path: "/$batch") == nil)
        #expect(plan.strike(.slow, on: .dataverse, path: "/contacts") == nil)
        #expect(plan.strike(.slow, on: .dataverse, path: "/api/$batch") != nil)
        #expect(plan.strike(.slow, on: .dataverse, path: "/api/$batch") != nil)
        #expect(plan.strike(.slow, on: .dataverse, path: "/api/$batch") == nil)
        #expect(plan.struck == ["dataverse.slow": 2])
    }

    @Test(arguments: [(FaultKind.status500, 500), (.status502, 502), (.status503, 503), (.status504, 504)])
    func `A gateway answers with a page`(kind: FaultKind, status: Int) async throws {
        try await withSandbox { sandbox in
            sandbox.server.faults.add(Fault(kind, on: .enreach, times: 1))
            let broken = try await sandbox.enreach("/users")
            #expect(broken.status == status)
            #expect(broken.headers["content-type"] == "text/html")
            let right = try await sandbox.enreach("/users")
            #expect(right.status == 200)
        }
    }

    @Test func `An answer is cut before or after the work, truncated, or no answer at all`() async throws {
        try await withSandbox { sandbox in
            for kind in [FaultKind.cutBefore, .cutAfter, .refuse] {
                sandbox.server.faults.replace(with: [Fault(kind, on: .enreach)])
                await #expect(throws: (any Error).self) {
                    _ = try await sandbox.send("POST", sandbox.server.addresses.enreachDiscovery + "/api/user", body: "{}")
                }
            }
            sandbox.server.faults.replace(with: [Fault(.truncate, on: .enreach)])
            let half = try await sandbox.enreach("/users")
            #expect(half.status == 200)
            #expect(half.json == nil)
            sandbox.server.faults.replace(with: [Fault(.expiredToken, on: .enreach)])
            let expired = try await sandbox.enreach("/users")
            #expect(expired.status == 401)
            sandbox.server.faults.replace(with: [Fault(.forbidden, on: .enreach, path: "/users")])
            #expect(try await sandbox.enreach("/users").status == 403)
            #expect(try await sandbox.enreach("/queues").status == 200)
            sandbox.server.faults.replace(with: [Fault(.throttleRequests, on: .enreach, seconds: 7)])
            let throttled = try await sandbox.enreach("/users")
            #expect(throttled.status == 429)
            #expect(throttled.headers["retry-after"] == "7")
        }
    }

    @Test func `The admin door sets and clears faults, and a closed port opens again`() async throws {
        try await withSandbox { sandbox in
            let set = try await sandbox.admin(
                "POST", "/faults", #"{"faults":[{"kind":"status503","side":"dataverse","rate":1}],"seed":4}"#)
            #expect(set.status == 200)
            let broken = try await sandbox.get(sandbox.server.addresses.dataverse + "/api/data/v9.2/WhoAmI")
            #expect(broken.status == 503)
            let cleared = try await sandbox.admin("DELETE", "/faults")
            #expect((cleared.object["faults"] as? [Any])?.isEmpty == true)
            let wrong = try await sandbox.admin(
                "POST", "/faults", #"{"faults":[{"kind":"earthquake","side":"dataverse","rate":1}]}"#)
            #expect(wrong.status == 400)

            let port = try #require(URL(string: sandbox.server.addresses.enreach)?.port)
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            var isRefused = false
            // Where the test comes when the port is open again already, or still, a longer outage is tried.
            for seconds in [1.5, 6, 24] where !isRefused {
                _ = try await sandbox.admin("POST", "/outage", #"{"side":"enreach","seconds":\#(seconds)}"#)
                if let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() {
                    try? await channel.close()
                } else {
                    isRefused = true
                }
                try await eventually { (try? await sandbox.enreach("/users").status) == 200 }
            }
            #expect(isRefused)
        }
    }
}
