import Foundation
import Sandbox
import Synchronization
import Testing

@Suite("Simulated service protection")
struct ServiceProtectionTests {
    @Test("refuses requests over the limit of the window until it has slid on")
    func requests() async {
        let client = DataverseClient {
            $0.servers = 1
            $0.limits.requests = 5
        }
        for left in [4, 3, 2, 1, 0] {
            let answer = await client.get("WhoAmI")
            #expect(answer.status == 200)
            #expect(answer.response.headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == "\(left)")
            #expect(answer.response.headers["x-ms-dop-hint"] == "4")
            #expect(answer.response.headers["x-ms-ratelimit-time-remaining-xrm-requests"] == "1,200.00")
        }
        client.clock.advance(100)
        let refused = await client.get("WhoAmI")
        #expect(refused.status == 429)
        #expect(refused.code == "0x80072322")
        #expect(refused.message == "Number of requests exceeded the limit of 5 over time window of 300 seconds.")
        let wait = Double(refused.response.headers["Retry-After"] ?? "") ?? 0
        #expect((200...202).contains(wait))
        client.clock.advance(wait)
        #expect(await client.get("WhoAmI").status == 200)
    }

    @Test("grows Retry-After for who keeps pushing, not for requests that were under way when the first was refused")
    func pushing() async {
        let client = DataverseClient {
            $0.servers = 1
            $0.limits.requests = 1
        }
        func refused() async -> Int { Int(await client.get("WhoAmI").response.headers["Retry-After"] ?? "") ?? 0 }
        _ = await client.get("WhoAmI")
        client.clock.advance(200)
        let first = await refused()
        #expect((99...101).contains(first))
        client.clock.advance(0.5)
        #expect(await [refused(), refused()].allSatisfy { (98...101).contains($0) })
        client.clock.advance(1)
        #expect(await (146...150).contains(refused()))
        #expect(await (194...200).contains(refused()))
    }

    @Test("charges execution time when a request ends")
    func executionTime() async {
        let client = DataverseClient {
            $0.servers = 1
            $0.latency.create = 10
            $0.limits.executionTime = 30
        }
        for _ in 0..<3 { #expect(await client.send("POST", "contacts", ["lastname": "x"]).status == 204) }
        #expect(client.clock.elapsed == 30)
        let refused = await client.send("POST", "contacts", ["lastname": "x"])
        #expect(refused.code == "0x80072321")
        #expect(refused.message.contains("exceeded limit of 30,000 milliseconds over time window of 300 seconds."))
        #expect(refused.response.headers["x-ms-ratelimit-time-remaining-xrm-requests"] == "0.00")
        #expect((280...300).contains(Int(refused.response.headers["Retry-After"] ?? "") ?? 0))
        #expect(await client.get("WhoAmI").status == 429)
        #expect(client.dataverse.count("contacts") == 3)
        let figures = client.dataverse.limitFigures()
        #expect(figures.throttled == 2)
        #expect(figures.throttledByKind == ["executionTime": 2])
        #expect(figures.requests == 5)
        #expect(figures.usedSeconds == 30)
        #expect(figures.possibleSeconds == 30)
        #expect(figures.durationSeconds == 30)
    }

    @Test("refuses too many requests at once immediately")
    func concurrency() async {
        let clock = MeetingClock(of: 10)
        var configuration = DataverseConfiguration()
        configuration.servers = 1
        configuration.limits.concurrency = 3
        configuration.latency.read = 1
        let dataverse = Dataverse(configuration: configuration, clock: clock)
        let helper = DataverseClient()
        let body =
            "client_id=\(DataverseApplication.demo.clientID)&client_secret=demo-secret-one&grant_type=client_credentials"
            + "&scope=\(DataverseClient.origin)/.default"
        let signedIn = Answer(
            await dataverse.respond(
                to: SandboxRequest(
                    method: "POST", path: "/\(helper.dataverse.configuration.directory)/oauth2/v2.0/token",
                    body: Array(body.utf8),
                    origin: DataverseClient.origin)))
        let token = signedIn.json["access_token"]?.string ?? ""
        let request = SandboxRequest(
            method: "GET", path: "/api/data/v9.2/WhoAmI", headers: ["Authorization": "Bearer \(token)"],
            origin: DataverseClient.origin)
        let statuses = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    let answer = await dataverse.respond(to: request)
                    clock.answered()
                    return answer.status
                }
            }
            return await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(statuses == [200: 3, 429: 7])
    }

    @Test("spreads requests without a cookie and pins those with it; each server has windows of its own")
    func affinity() async {
        let client = DataverseClient {
            $0.servers = 4
            $0.limits.requests = 10
        }
        var cookies: [String: Int] = [:]
        for _ in 0..<20 {
            let cookie =
                await client.get("WhoAmI").response.headers.all("Set-Cookie").first { $0.hasPrefix("ARRAffinity=") } ?? ""
            cookies[String(cookie.prefix { $0 != ";" }), default: 0] += 1
        }
        #expect(cookies.count == 4)
        let pinned = cookies.keys.sorted()[0]
        var statuses: [Int] = []
        for _ in 0..<11 { statuses.append(await client.get("WhoAmI", headers: ["Cookie": pinned]).status) }
        #expect(statuses.filter { $0 == 200 }.count == max(0, 10 - cookies[pinned]!))
        #expect(statuses.last == 429)
    }

    @Test("runs faster with the clock, Retry-After as well")
    func speed() async {
        let client = DataverseClient(clock: ManualClock(speed: 20)) {
            $0.servers = 1
            $0.limits.requests = 1
        }
        _ = await client.get("WhoAmI")
        let refused = await client.get("WhoAmI")
        let wait = Double(refused.response.headers["Retry-After"] ?? "") ?? 0
        #expect(wait > 14.9 && wait < 15.1)
    }

    @Test("switched off, it refuses nothing and still sends full figures")
    func off() async {
        let client = DataverseClient {
            $0.limits = .off
            $0.limits.requests = 1
        }
        for _ in 0..<3 {
            let answer = await client.get("WhoAmI")
            #expect(answer.status == 200)
            #expect(answer.response.headers["x-ms-ratelimit-time-remaining-xrm-requests"] == "1,200.00")
        }
    }
}

/// A clock on which whoever sleeps waits until all requests sleep or have their answer, however long it takes them to come.
final class MeetingClock: SandboxClock {
    private let requests: Int
    private let state = Mutex((come: 0, sleepers: [CheckedContinuation<Void, Never>]()))
    let speed = 1.0
    let elapsed = 0.0
    var now: Date { Date() }

    init(of requests: Int) { self.requests = requests }

    func sleep(seconds: Double) async { await withCheckedContinuation { come($0) } }

    func answered() { come(nil) }

    private func come(_ sleeper: CheckedContinuation<Void, Never>?) {
        let woken = state.withLock { state in
            state.come += 1
            if let sleeper { state.sleepers.append(sleeper) }
            guard state.come >= requests else { return [CheckedContinuation<Void, Never>]() }
            defer { state.sleepers = [] }
            return state.sleepers
        }
        for sleeper in woken { sleeper.resume() }
    }
}
