import EmbeddedPostgres
public import Foundation
import Postgres

/// Instances and the database are killed while calls flow and one vendor request in ten fails; then everything is counted.
public struct Chaos: Sendable {
    public struct Options: Sendable {
        /// How many times something is killed: mostly an instance, one time in ten the database.
        public var kills = 200
        public var seed: UInt64 = 1
        public var instances = 3
        /// Calls of the morning; nil takes 30 a kill, 600 at least.
        public var calls: Int?
        public var programs = ProgramFolder.ofThisProgram()

        public init() {}
    }

    private let options: Options
    private let terminal: Terminal?

    /// - Parameter terminal: where progress goes; nil keeps quiet.
    public init(_ options: Options, terminal: Terminal? = Terminal()) {
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
        let calls = options.calls ?? max(600, options.kills * 30)
        let scenario = MorningScenario(calls: calls, seed: options.seed, seconds: Double(options.kills) + 5)
        let summary = try await scenario.load(into: hub)
        // What comes late comes later than polls look back, so that only sweeps find it.
        for (setting, seconds) in [("PollOverlap", "5"), ("SweepInterval", "10")] {
            try await HubDatabase.change(setting, to: seconds, in: hub.database, tenant: RehearsedHub.tenant)
        }
        try await FaultMix.chaosOfCalls.apply(to: hub.door, seed: options.seed)
        for _ in 0..<options.instances { try hub.startInstance() }
        terminal?.say("\(calls) calls begin to flow; \(FaultMix.chaosOfCalls.words)")

        let spree = KillingSpree(kills: options.kills, seed: options.seed, program: .callSync, terminal: terminal)
        let crashes = try await spree.run(on: hub)
        try await FaultMix.none.apply(to: hub.door, seed: options.seed)
        for instance in hub.allInstances where !instance.isRunning { try hub.startInstance(instance.number) }
        terminal?.say("\(options.kills) kills done, \(crashes) of them of the database; waiting for the rest of the work")
        try await settle(hub)
        return try await count(hub, of: summary.all, crashes: crashes, took: started.duration(to: .now))
    }

    private func settle(_ hub: RehearsedHub) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(600)
        var settling = Settling(hub, late: FaultMix.chaosOfCalls.latest)
        while try await !settling.isOver() {
            guard clock.now < deadline else { return }
            try await clock.sleep(for: .milliseconds(500))
            let counts = try await CallCounts.read(from: hub.database)
            terminal?.show("\(counts.pending) calls pending, \(counts.unfinished) jobs unfinished")
        }
    }

    private func count(_ hub: RehearsedHub, of all: Int, crashes: Int, took: Duration) async throws -> ChaosOutcome {
        let counts = try await CallCounts.read(from: hub.database)
        let verdict: Verdict = try await hub.door.get("/admin/verdict")
        let difference = try await hub.database.query(Self.reportDifference).first?[0].decode(Int64.self) ?? 0
        return ChaosOutcome(
            kills: options.kills, databaseCrashes: crashes, seen: counts.seen, expected: verdict.expected,
            lost: verdict.missing + max(0, all - counts.seen), twice: verdict.duplicates, wrong: verdict.wrong.count,
            dead: counts.dead, pending: counts.pending,
            balanced: counts.balanced && difference == 0, seconds: (took / .milliseconds(1)).rounded() / 1000)
    }

    private static let reportDifference = Statement(
        "rehearsal_report_difference",
        "SELECT coalesce(sum(abs(difference)), 0)::bigint FROM report.daily_balance")
}

/// A small generator of repeatable draws (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
