import Foundation
import Postgres

/// How fast a backlog of open callback requests comes to stand in Dynamics under the published limits.
public struct CallbackFigures: Sendable {
    public struct Options: Sendable {
        public var callbacks = 50_000
        public var instances = 2
        /// How many times faster than real the sandbox's windows, delays and `Retry-After` run.
        public var speed = 10
        /// Contacts in the directory, so that looking a number up costs what it does with customers in it.
        public var contacts = 200_000

        public init() {}
    }

    public struct Outcome: Encodable, Sendable {
        public var callbacks: Int
        public var instances: Int
        public var speed: Int
        public var contacts: Int
        public var written: Int
        public var bundled: Int
        public var ignored: Int
        public var closed: Int
        /// Of what the limits admit in the long run, how much ran.
        public var admissionRatio: Double
        public var throttledRatio: Double
        /// Requests to Dynamics for each callback request.
        public var requestsPerCallback: Double
        /// From the start until the last phone call stood.
        public var seconds: Double
        /// From the start until the last request was closed in Enreach.
        public var closedSeconds: Double
        public var duplicates: Int
        public var missing: Int
        public var wrong: Int
    }

    private let options: Options
    private let terminal: Terminal

    public init(_ options: Options, terminal: Terminal = Terminal()) {
        self.options = options
        self.terminal = terminal
    }

    public func run() async throws -> Outcome {
        var raising = RehearsedHub.Options()
        raising.sandboxArguments = [
            "--scenario", "callbacks", "--callbacks", "\(options.callbacks)", "--visible-after", "0", "--limits", "--latency",
            "--speed",
            "\(options.speed)",
        ]
        raising.dynamicsConfiguration = """
                  budget:
                    window: \(300_000 / options.speed)ms
                    time_scale: \(options.speed)
            """
        raising.postgresSettings = ["shared_buffers": "1GB", "max_wal_size": "4GB"]
        return try await RehearsedHub.use(raising, tell: { [terminal] in terminal.say($0) }) { try await run(on: $0) }
    }

    private func run(on hub: RehearsedHub) async throws -> Outcome {
        let summary: MorningScenario.Summary = try await hub.door.get("/admin/scenario")
        try await CallbackProfile.set(summary.callbackProfiles ?? [], in: hub, pollInterval: 60)
        // Their people and their numbers are there before, as on any day but the first; user-sync goes on beside them.
        let contacts = GeneratedContacts(hub: hub)
        try await contacts.generate(options.contacts)
        try await hub.start(.userSync).ready()
        try await contacts.loaded(terminal)
        _ = try await PeopleCounts.settled(in: hub.database)
        terminal.say("the directory has \(options.contacts) contacts")
        try await hub.door.delete("/admin/limits")
        terminal.say(
            "\(options.callbacks) callback requests under the published limits, time running \(options.speed) times as fast")
        let clock = ContinuousClock()
        let started = clock.now
        for _ in 0..<options.instances { try hub.start(.callbackSync) }
        var counts = try await wait(hub, since: started) { $0.seen > 0 && $0.pending == 0 && $0.unread == 0 }
        let took = started.duration(to: clock.now)
        let limits: CallRun.Limits = try await hub.door.get("/admin/limits")
        terminal.say("every phone call stands; waiting for the last request to be closed in Enreach")
        counts = try await wait(hub, since: started) { $0.isQuiet }
        let verdict = try await CallbackVerdict.read(from: hub.door)
        for line in verdict.wrong.prefix(5) { terminal.say(line.words) }
        return Outcome(
            callbacks: options.callbacks, instances: options.instances, speed: options.speed,
            contacts: options.contacts, written: counts.written, bundled: counts.bundled, ignored: counts.ignored,
            closed: counts.closed,
            admissionRatio: limits.admissionRatio.roundedFigure,
            throttledRatio: limits.throttledRatio.roundedFigure,
            requestsPerCallback: (Double(limits.requests) / Double(options.callbacks)).roundedFigure,
            seconds: (took / .seconds(1)).roundedFigure,
            closedSeconds: (started.duration(to: clock.now) / .seconds(1)).roundedFigure, duplicates: verdict.duplicates,
            missing: verdict.missing, wrong: verdict.wrong.count)
    }

    private func wait(
        _ hub: RehearsedHub, since started: ContinuousClock.Instant, until isOver: (CallbackCounts) -> Bool
    ) async throws -> CallbackCounts {
        let clock = ContinuousClock()
        let deadline = started + .seconds(1800)
        while clock.now < deadline {
            try await clock.sleep(for: .milliseconds(500))
            let counts = try await CallbackCounts.read(from: hub.database)
            if isOver(counts) { return counts }
            let done = counts.written + counts.ignored + counts.skipped
            let seconds = started.duration(to: clock.now) / .seconds(1)
            terminal.show("\(done) of \(counts.seen) requests, \(Int(Double(done) / seconds)) a second, \(counts.closed) closed")
        }
        throw RehearsalError("the callback requests were not through within half an hour")
    }
}
