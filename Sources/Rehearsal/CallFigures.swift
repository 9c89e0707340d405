import EmbeddedPostgres
import Foundation
import Postgres

/// How fast calls come to stand in Dynamics: without limits, where the processor decides, and under the published limits, where the
/// shared budget decides.
public struct CallFigures: Sendable {
    public struct Options: Sendable {
        public var calls = 100_000
        public var instances = 2
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
        public var callsPerS: Double?
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
        var outcome = Outcome(calls: options.calls, instances: options.instances, speed: options.speed)
        if options.parts.contains("idle") {
            terminal.say("an instance with nothing to do")
            let run = try await IdleRun(terminal: terminal).measure()
            outcome.readyMs = rounded(run.readyMilliseconds)
            outcome.idleMb = rounded(run.residentMegabytes)
        }
        if options.parts.contains("free") {
            terminal.say("\(options.calls) calls, no limits, no delays")
            let run = try await CallRun(options, sandbox: [], dynamics: "", terminal: terminal).measure()
            outcome.callsPerS = rounded(Double(options.calls) / run.seconds)
            outcome.cpuMsPerCall = rounded(run.instanceMilliseconds / Double(options.calls))
            outcome.postgresCpuMsPerCall = rounded(run.postgresMilliseconds / Double(options.calls))
            outcome.sandboxCpuMsPerCall = rounded(run.sandboxMilliseconds / Double(options.calls))
            outcome.freeRequestsPerCall = rounded(Double(run.requests.dataverse) / Double(options.calls))
            outcome.add(run)
        }
        if options.parts.contains("limited") {
            terminal.say(
                "\(options.calls) calls under the published limits, the sandbox's time running \(options.speed) times as fast")
            let run = try await CallRun(
                options, sandbox: ["--limits", "--latency", "--speed", "\(options.speed)"],
                dynamics: """
                          budget:
                            window: \(300_000 / options.speed)ms
                            time_scale: \(options.speed)
                    """, terminal: terminal
            ).measure()
            outcome.admissionRatio = rounded(run.limits.admissionRatio)
            outcome.burstRatio = rounded(run.limits.burstRatio)
            outcome.throttledRatio = rounded(run.limits.throttledRatio)
            outcome.requestsPerCall = rounded(Double(run.limits.requests) / Double(options.calls))
            outcome.limitedSeconds = rounded(run.seconds)
            outcome.add(run)
        }
        return outcome
    }

    private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}

extension CallFigures.Outcome {
    fileprivate mutating func add(_ run: CallRun.Figures) {
        duplicates += run.verdict.duplicates
        missing += run.verdict.missing
    }
}
