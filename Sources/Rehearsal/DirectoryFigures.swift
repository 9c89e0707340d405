import Foundation
import Postgres

/// How a full load of contacts uses what Dynamics allows, and what changes cost after it: `user-sync`, the sandbox and PostgreSQL each as a
/// process of its own.
///
/// The pages of a table follow one another, because each tells where the next one is. So a load has one request under way at most, whatever the
/// limits would let pass: ``Outcome/servedRatio`` says how much of the time one was, ``Outcome/admissionRatio`` how much of the limits
/// that is.
public struct DirectoryFigures: Sendable {
    public struct Options: Sendable {
        public var contacts = 1_000_000
        /// Changed contacts, one pile after the other.
        public var changes = [100, 10_000]
        /// Execution time of each row of a page, beside that of the request.
        public var rowMicroseconds = 200

        public init() {}
    }

    public struct Outcome: Sendable {
        public var seconds = 0.0
        public var pages = 0
        /// Execution time that ran, of what all windows admit in the long run.
        public var admissionRatio = 0.0
        /// Time in which a request was with the service, its way there and back included, of all the time.
        public var servedRatio = 0.0
        public var throttled = 0
        public var deltas: [Delta] = []
    }

    /// The figures of the last line: those of parsing and matching, which need no hub, and those of a load.
    public struct Line: Encodable, Sendable {
        public var parsePerS: Int
        public var parsePlainPerS: Int
        public var matchPerS: Int
        public var loadAdmissionRatio: Double
        public var loadServedRatio: Double
        public var loadSeconds: Double
        public var loadPages: Int
        public var loadThrottled: Int
        public var deltaChanges: [Int]
        public var deltaPages: [Int]
        public var deltaMs: [Int]

        public init(parsePerS: Int, parsePlainPerS: Int, matchPerS: Int, load: Outcome) {
            (self.parsePerS, self.parsePlainPerS, self.matchPerS) = (parsePerS, parsePlainPerS, matchPerS)
            loadAdmissionRatio = load.admissionRatio.roundedFigure
            loadServedRatio = load.servedRatio.roundedFigure
            loadSeconds = load.seconds.roundedFigure
            (loadPages, loadThrottled) = (load.pages, load.throttled)
            (deltaChanges, deltaPages) = (load.deltas.map(\.changes), load.deltas.map(\.pages))
            deltaMs = load.deltas.map(\.milliseconds)
        }
    }

    /// What one pile of changes cost.
    public struct Delta: Sendable {
        public var changes: Int
        public var rows: Int
        public var pages: Int
        public var milliseconds: Int
    }

    private let options: Options
    private let terminal: Terminal
    /// Both ways together, as `sandbox --latency` has it.
    private static let network = 0.020

    public init(_ options: Options, terminal: Terminal = Terminal()) {
        self.options = options
        self.terminal = terminal
    }

    public func run() async throws -> Outcome {
        var raising = RehearsedHub.Options()
        raising.sandboxArguments = [
            "--scenario", "people", "--visible-after", "0", "--limits", "--latency", "--row-latency",
            "\(options.rowMicroseconds)",
        ]
        raising.postgresSettings = ["shared_buffers": "1GB", "max_wal_size": "8GB"]
        return try await RehearsedHub.use(raising, tell: { [terminal] in terminal.say($0) }) { try await run(on: $0) }
    }

    private func run(on hub: RehearsedHub) async throws -> Outcome {
        let contacts = GeneratedContacts(hub: hub)
        try await contacts.generate(options.contacts)
        // Nothing is read but when it is asked for.
        try await contacts.read(every: 86_400)
        terminal.say("\(options.contacts) contacts under the published limits, a page of 5,000 taking about a second there")
        try await hub.door.delete("/admin/limits")
        try await hub.start(.userSync).ready()
        try await contacts.loaded(terminal)
        var outcome = try await contacts.load()
        let limits: CallRun.Limits = try await hub.door.get("/admin/limits")
        outcome.admissionRatio = limits.admissionRatio
        outcome.servedRatio = (limits.usedSeconds + Double(limits.requests) * Self.network) / outcome.seconds
        outcome.throttled = limits.throttled
        terminal.say("loaded in \(Int(outcome.seconds)) s with \(outcome.pages) pages")
        for number in options.changes {
            let delta = try await contacts.change(number)
            terminal.say("\(number) changes: \(delta.rows) rows on \(delta.pages) pages in \(delta.milliseconds) ms")
            outcome.deltas.append(delta)
        }
        return outcome
    }
}
