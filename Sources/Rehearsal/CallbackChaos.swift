import Foundation
import Postgres

/// As ``Chaos``, for callback requests: instances of `callback-sync` and the database are killed while requests flow over both ways.
public struct CallbackChaos: Sendable {
    private let options: Chaos.Options
    private let terminal: Terminal?

    /// `options.calls` is the number of requests; nil takes 20 a kill, 400 at least.
    public init(_ options: Chaos.Options, terminal: Terminal? = Terminal()) {
        self.options = options
        self.terminal = terminal
    }

    public func run() async throws -> ChaosOutcome {
        var raising = RehearsedHub.Options()
        raising.programs = options.programs
        raising.sandboxArguments = ["--seed", "\(options.seed)", "--visible-after", "1"]
        return try await RehearsedHub.use(raising, tell: { [terminal] in terminal?.say($0) }) { try await run(on: $0) }
    }

    private func run(on hub: RehearsedHub) async throws -> ChaosOutcome {
        let started = ContinuousClock.now
        let requests = options.calls ?? max(400, options.kills * 20)
        let scenario = MorningScenario(calls: 0, seed: options.seed, seconds: Double(options.kills) + 5, callbacks: requests)
        _ = try await scenario.load(into: hub)
        try await FaultMix.chaos.apply(to: hub.door, seed: options.seed)
        for _ in 0..<options.instances { try hub.start(.callbackSync) }
        if let first = hub.instances(of: .callbackSync).first { try await CallbackProfile.sendWebhooks(to: first, of: hub) }
        terminal?.say("\(requests) callback requests begin to flow; \(FaultMix.chaos.words)")

        let spree = KillingSpree(kills: options.kills, seed: options.seed, program: .callbackSync, terminal: terminal)
        let crashes = try await spree.run(on: hub)
        try await FaultMix.none.apply(to: hub.door, seed: options.seed)
        for instance in hub.instances(of: .callbackSync) where !instance.isRunning {
            try hub.start(.callbackSync, instance.number)
        }
        terminal?.say("\(options.kills) kills done, \(crashes) of them of the database; waiting for the rest of the work")
        try await settle(hub)
        return try await count(hub, crashes: crashes, took: started.duration(to: .now))
    }

    private func settle(_ hub: RehearsedHub) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(600)
        var settling = CallbackSettling(hub)
        while try await !settling.isOver() {
            guard clock.now < deadline else { return }
            try await clock.sleep(for: .milliseconds(500))
            let counts = try await CallbackCounts.read(from: hub.database)
            terminal?.show(
                "\(counts.pending) requests pending, \(counts.closing) to be closed, \(counts.unfinished) jobs unfinished")
        }
    }

    private func count(_ hub: RehearsedHub, crashes: Int, took: Duration) async throws -> ChaosOutcome {
        let counts = try await CallbackCounts.read(from: hub.database)
        let verdict = try await CallbackVerdict.read(from: hub.door)
        let difference = try await hub.database.query(Self.reportDifference).first?[0].decode(Int64.self) ?? 0
        for line in verdict.wrong.prefix(5) { terminal?.say(line.words) }
        return ChaosOutcome(
            kills: options.kills, databaseCrashes: crashes, seen: counts.seen, expected: verdict.expected, lost: verdict.missing,
            twice: verdict.duplicates, wrong: verdict.wrong.count, dead: counts.dead, pending: counts.pending,
            balanced: counts.balanced && difference == 0, seconds: (took / .milliseconds(1)).rounded() / 1000)
    }

    private static let reportDifference = Statement(
        "rehearsal_callback_difference", "SELECT coalesce(sum(abs(difference)), 0)::bigint FROM report.callback_balance")
}
