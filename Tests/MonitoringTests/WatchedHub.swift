import AsyncHTTPClient
import EmbeddedPostgres
import Foundation
import NIOCore
import NIOHTTP1
import Postgres
import TestSupport
import Testing

@testable import Rehearsal

/// The real programs on a database of their own, with the sandbox in place of the vendors, a receiver for their traces, and every word logged.
struct WatchedHub: Sendable {
    let hub: RehearsedHub
    let collector: TraceCollector
    /// Where the router shows health and metrics, and where it answers.
    let routerHealth: Int
    let routerPort: Int

    static func with(_ body: (WatchedHub) async throws -> Void) async throws {
        try await TraceCollector.with { collector in
            var options = RehearsedHub.Options()
            options.programs = try BuiltProgram.folder()
            options.sandboxArguments = ["--visible-after", "0", "--limits"]
            options.dynamicsConfiguration = "      client_secret_ends: 2099-12-31"
            options.configuration = "traces: {endpoint: '\(collector.endpoint)'}"
            let hub = try await RehearsedHub.raise(options)
            do {
                try logEverything(hub)
                let watched = WatchedHub(
                    hub: hub, collector: collector, routerHealth: try FreePort.find(), routerPort: try FreePort.find())
                try await body(watched)
            } catch {
                await hub.takeDown()
                throw error
            }
            await hub.takeDown()
        }
    }

    private static func logEverything(_ hub: RehearsedHub) throws {
        for program in HubProgram.allCases {
            let file = hub.folder.appending(path: "\(program.rawValue).yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data(text.replacing("  format: json", with: "  format: json\n  level: trace").utf8).write(to: file)
        }
    }

    /// Lets a morning begin with calls and callback requests of all the cases that the rules tell apart, some of them before anybody looks, and
    /// starts two instances of call-sync and one of everything else, all of them ready.
    func begin(calls: Int, callbacks: Int) async throws {
        for (setting, value) in [("PollInterval", "1"), ("PeopleInterval", "10")] { try await change(setting, value) }
        // Programs that ran already could decide about calls before they know who there is.
        _ = try await MorningScenario(calls: calls, seed: 5, seconds: 20, callbacks: callbacks).load(into: hub)
        try await failOnce()
        for program in [.userSync, .callSync, .callSync, .callbackSync] as [HubProgram] {
            try await hub.start(program).ready(within: .seconds(120))
        }
        try await visitConsole()
        _ = try hub.startRouter(port: routerPort, healthPort: routerHealth)
        try await eventually("the router is ready") {
            (try? await status("http://127.0.0.1:\(routerHealth)/health/ready")) == 200
        }
    }

    /// Where Prometheus finds them.
    var targets: [String: [String]] {
        var targets = ["router": ["127.0.0.1:\(routerHealth)"]]
        for program in HubProgram.allCases {
            targets[program.rawValue] = hub.instances(of: program).map { "127.0.0.1:\($0.port)" }
        }
        return targets
    }

    /// An operator comes to a console, and mistypes the password the second time.
    private func visitConsole() async throws {
        let console = try await RehearsedConsole.begin(on: hub)
        #expect(try await console.signIn(with: "not\(console.password)") == false)
    }

    /// Dynamics is told to tell user-sync of changes, and one comes.
    func changeSomebody() async throws {
        let userSync = try #require(hub.instances(of: .userSync).first)
        _ = try await DynamicsInstallation.run(on: hub, userSync: userSync, callbackSync: nil)
        #expect(try await PeopleChange(hub: hub).measure(within: .seconds(120)) != nil, "somebody was free to be matched")
    }

    /// The loss meter as it stands when an hour was counted: of what happens now, it leaves out the last minutes.
    func countAnHourOfWebhooks() async throws {
        try await hub.database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.webhook_hour (tenant_id, event_type, hour, happened, told, repeated)
                SELECT tenant_id, 'CallEnded', date_trunc('hour', now()) - interval '1 hour', 20, 19, 0 FROM hub.tenant
                """))
    }

    /// One request to Enreach fails, and is repeated.
    private func failOnce() async throws {
        try await FaultMix(
            faults: [.init(kind: "status500", side: "enreach", rate: 1, times: 1)], words: "one answer fails"
        ).apply(to: hub.door, seed: 5)
    }

    /// Waits until all of the morning has had its end.
    func seeMorningEnd(calls: Int) async throws {
        var state = ""
        do {
            try await eventually(within: .seconds(600), "the morning has had its end") {
                let counts = try await CallCounts.read(from: hub.database)
                let verdict: Verdict = try await hub.door.get("/admin/verdict")
                let callbacks = try await CallbackVerdict.read(from: hub.door)
                let changesLeft = try await hub.door.get("/admin/status", as: SandboxStatus.self).changesLeft
                state = "\(counts), \(verdict), \(callbacks), \(changesLeft) changes left"
                return changesLeft == 0 && counts.seen > calls / 2 && counts.pending == 0 && verdict.isClean
                    && verdict.present > 10 && callbacks.isClean
            }
        } catch let error as ConditionNeverHeld {
            throw ConditionNeverHeld(description: "\(error): \(state); \(try await unfinished())")
        }
    }

    /// The jobs that wait, run or gave up, and why.
    private func unfinished() async throws -> [String] {
        try await hub.database.query(
            Statement(
                "",
                """
                SELECT format('%s %s %s %s %s', state, kind, key, attempts, error) FROM hub.jobs
                WHERE state NOT IN ('done', 'cancelled', 'superseded') ORDER BY id LIMIT 40
                """)
        ).map { try $0[0].decode(String.self) }
    }

    func change(_ setting: String, _ value: String) async throws {
        try await HubDatabase.change(setting, to: value, in: hub.database, tenant: RehearsedHub.tenant)
    }

    /// A question to the router, answered with what status it will.
    func ask(_ body: String, key: String) async throws -> UInt {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(routerPort)/route")
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "X-Benemen-APIKey": key]
        request.body = .bytes(ByteBuffer(string: body))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code
    }

    private func status(_ url: String) async throws -> UInt {
        try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(5)).status.code
    }
}
