import EmbeddedPostgres
import Foundation
import Postgres

/// How fast calls come to stand in Dynamics: without limits, where the processor decides, and under the published limits, where the
/// shared budget decides.
///
/// Without limits one instance has the processor to itself, and the figures are of the median run of several; under the limits `instances` share
/// the budget.
public struct CallFigures: Sendable {
    public struct Options: Sendable {
        public var calls = 100_000
        /// Instances under the limits.
        public var instances = 2
        /// Instances without limits.
        public var freeInstances = 1
        /// Runs without limits.
        public var rounds = 3
        /// How many times faster than real the sandbox's windows, delays and `Retry-After` run in the limited part.
        public var speed = 10
        /// `idle`, `free`, `limited`.
        public var parts: Set<String> = ["idle", "free", "limited"]

        public init() {}
    }

    /// The figures; nil where a part was not run.
    public struct Outcome: Encodable, Sendable {
        public var calls: Int
        public var instances: Int
        public var freeInstances: Int
        /// Calls a second of the median run without limits, and of each; what follows is of the median one.
        public var callsPerS: Double?
        public var callsPerSOfRounds: [Double]?
        public var cpuMsPerCall: Double?
        public var postgresCpuMsPerCall: Double?
        public var sandboxCpuMsPerCall: Double?
        public var freeRequestsPerCall: Double?
        public var speed: Int
        public var admissionRatio: Double?
        public var throttledRatio: Double?
        public var requestsPerCall: Double?
        public var limitedSeconds: Double?
        public var burstRatio: Double?
        public var readyMs: Double?
        public var idleMb: Double?
        public var duplicates = 0
        public var missing = 0
    }

    private let options: Options
    private let terminal: Terminal

    public init(_ options: Options, terminal: Terminal = Terminal()) {
        self.options = options
        self.terminal = terminal
    }

    public func run() async throws -> Outcome {
        var outcome = Outcome(
            calls: options.calls, instances: options.instances, freeInstances: options.freeInstances, speed: options.speed)
        if options.parts.contains("idle") {
            terminal.say("an instance with nothing to do")
            let run = try await IdleRun(terminal: terminal).measure()
            outcome.readyMs = run.readyMilliseconds.roundedFigure
            outcome.idleMb = run.residentMegabytes.roundedFigure
        }
        if options.parts.contains("free") {
            var runs: [CallRun.Figures] = []
            for round in 1...max(1, options.rounds) {
                terminal.say("\(options.calls) calls, no limits, no delays, run \(round) of \(max(1, options.rounds))")
                let run = CallRun(
                    calls: options.calls, instances: options.freeInstances, sandbox: [], dynamics: "", terminal: terminal)
                runs.append(try await run.measure())
            }
            outcome.add(free: runs)
        }
        if options.parts.contains("limited") {
            terminal.say(
                "\(options.calls) calls under the published limits, the sandbox's time running \(options.speed) times as fast")
            let run = try await CallRun(
                calls: options.calls, instances: options.instances,
                sandbox: ["--limits", "--latency", "--speed", "\(options.speed)"],
                dynamics: """
                          budget:
                            window: \(300_000 / options.speed)ms
                            time_scale: \(options.speed)
                    """, terminal: terminal
            ).measure()
            outcome.add(limited: run)
        }
        return outcome
    }
}

extension CallFigures.Outcome {
    /// The median run's figures, so that its parts belong together; of an even number the slower of the two in the middle.
    mutating func add(free runs: [CallRun.Figures]) {
        let sorted = runs.sorted { $0.seconds < $1.seconds }
        let run = sorted[sorted.count / 2]
        callsPerS = (Double(calls) / run.seconds).roundedFigure
        callsPerSOfRounds = runs.map { (Double(calls) / $0.seconds).roundedFigure }
        cpuMsPerCall = (run.instanceMilliseconds / Double(calls)).roundedFigure
        postgresCpuMsPerCall = (run.postgresMilliseconds / Double(calls)).roundedFigure
        sandboxCpuMsPerCall = (run.sandboxMilliseconds / Double(calls)).roundedFigure
        freeRequestsPerCall = (Double(run.requests.dataverse) / Double(calls)).roundedFigure
        for run in runs { add(run.verdict) }
    }

    mutating func add(limited run: CallRun.Figures) {
        admissionRatio = run.limits.admissionRatio.roundedFigure
        burstRatio = run.limits.burstRatio.roundedFigure
        throttledRatio = run.limits.throttledRatio.roundedFigure
        requestsPerCall = (Double(run.limits.requests) / Double(calls)).roundedFigure
        limitedSeconds = run.seconds.roundedFigure
        add(run.verdict)
    }

    private mutating func add(_ verdict: Verdict) {
        duplicates += verdict.duplicates
        missing += verdict.missing
    }
}
