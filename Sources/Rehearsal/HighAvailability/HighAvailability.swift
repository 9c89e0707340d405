public import Foundation
import Postgres

/// The busy morning on three PostgreSQL servers while one thing after another fails; then everything is counted.
public struct HighAvailability: Sendable {
    public struct Options: Sendable {
        public var failures = Failure.allCases
        public var seed: UInt64 = 1
        /// Calls a second.
        public var rate = 8
        /// Real seconds of the morning; nil takes what the failures need.
        public var seconds: Double?
        /// How long each failure lasts before it is mended.
        public var watch: Duration = .seconds(30)
        public var timing = ClusterTiming()
        /// False takes relays on loopback for the cut.
        public var mayUseNamespaces = true
        /// Where everything goes and stays; nil takes a temporary folder that is removed at the end.
        public var folder: URL?
        public var programs = ProgramFolder.ofThisProgram()

        public init() {}
    }

    /// Questions a second to each router.
    private static let routerRate = 50

    private let options: Options
    private let terminal: Terminal

    public init(_ options: Options, terminal: Terminal = Terminal()) {
        self.options = options
        self.terminal = terminal
    }

    public func run() async throws -> HighAvailabilityOutcome {
        guard options.timing.isSound else { throw RehearsalError("a ttl of \(options.timing.ttl) s is too short for Patroni") }
        let folder =
            (options.folder
            ?? FileManager.default.temporaryDirectory
            .appending(path: "trunkline-ha-\(UUID().uuidString.prefix(8).lowercased())")).resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let leash = try Leash(removing: options.folder == nil ? folder : nil)
        defer { leash.release() }
        let stage = try await HighAvailabilityStage.raise(options, in: folder, terminal: terminal)
        do {
            let outcome = try await run(on: stage)
            await stage.takeDown()
            return outcome
        } catch {
            await stage.takeDown()
            throw error
        }
    }

    private func run(on stage: HighAvailabilityStage) async throws -> HighAvailabilityOutcome {
        let started = ContinuousClock.now
        let questions = try await stage.startRouters(rate: Self.routerRate)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await questions.run() }
            let (calls, visits) = try await prepare(stage)
            group.addTask { await visits.run() }
            let course = try await play(on: stage, calls: calls)
            try await settle(stage.hub)
            questions.end()
            visits.end()
            try await group.waitForAll()
            terminal.say("everything has its end; reading back what stands in Dynamics")
            let morning = try await MorningOutcome.gather(from: stage.hub, happened: course.calls)
            return try await count(
                morning, course, of: stage, questions: questions.figures, visits: visits.figures,
                took: started.duration(to: .now))
        }
    }

    /// Lets calls flow, and starts the programs.
    ///
    /// - Returns: how many calls, and what comes to the consoles all the time.
    private func prepare(_ stage: HighAvailabilityStage) async throws -> (calls: Int, ConsoleVisits) {
        let hub = stage.hub
        try await HubDatabase.change("PollInterval", to: "1", in: hub.database, tenant: RehearsedHub.tenant)
        let seconds = options.seconds ?? Self.seconds(for: options)
        let calls = Int(seconds) * options.rate
        let scenario = MorningScenario(
            calls: calls, seed: options.seed, seconds: seconds, callbacks: calls / 12, unmatchedPeople: true)
        let summary = try await scenario.load(into: hub)
        try await FaultMix.ordinary.apply(to: hub.door, seed: options.seed)
        try await stage.startPrograms()
        terminal.say(
            "two instances of every program are ready; \(summary.all) calls flow; faults are on: \(FaultMix.ordinary.words)")
        return (summary.all, ConsoleVisits(hub.instances(of: .console)))
    }

    /// Lets things fail while calls flow.
    private func play(on stage: HighAvailabilityStage, calls: Int) async throws -> Course {
        try await ContinuousClock().sleep(for: Self.calm)
        let calmUntil = Date().timeIntervalSince1970
        let (records, times) = try await FailureDrill(stage: stage, watch: options.watch, terminal: terminal).run(
            options.failures)
        return Course(calls: calls, calmUntil: calmUntil, records: records, times: times)
    }

    /// What happened, and when.
    private struct Course {
        /// Calls of the morning.
        let calls: Int
        /// When the first failure was about to come, in seconds since 1970.
        let calmUntil: Double
        let records: [FailureDrill.Record]
        let times: FailureDrill.Times
    }

    /// Before the first failure.
    private static let calm = Duration.seconds(20)

    /// A server that was killed needs some seconds to be a replica again.
    private static func seconds(for options: Options) -> Double {
        Double(options.failures.count) * (options.watch / .seconds(1) + 25) + 2 * (calm / .seconds(1))
    }

    private func settle(_ hub: RehearsedHub) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(600)
        var (calls, callbacks) = (Settling(hub), CallbackSettling(hub))
        while true {
            let callsAreOver = try await calls.isOver()
            if try await callbacks.isOver(), callsAreOver { return }
            guard clock.now < deadline else { return }
            try await clock.sleep(for: .milliseconds(500))
        }
    }

    private func count(
        _ morning: MorningOutcome, _ course: Course, of stage: HighAvailabilityStage, questions: RouterQuestions.Figures,
        visits: ConsoleVisits.Figures, took: Duration
    ) async throws -> HighAvailabilityOutcome {
        let completions = [try await Completions.inDynamics(stage.hub.door), try await Completions.inTheHub(stage.hub.database)]
        func gap(_ start: Double, _ end: Double, in completions: [Completions]) -> Double {
            let longest = completions.map { $0.longestGap(from: start, to: end) }.max() ?? 0
            return (longest * 100).rounded() / 100
        }
        let gaps = Dictionary(
            course.records.map { ($0.failure.rawValue, gap($0.began, $0.ended, in: completions)) }, uniquingKeysWith: max)
        let before = completions.map { $0.upTo(course.calmUntil) }
        let pages = Completions(visits.ready)
        for (fault, times) in questions.errors { terminal.say("a router: \(fault), \(times) times") }
        for (fault, times) in visits.errors { terminal.say("a console: \(fault), \(times) times") }
        for line in morning.verdict.wrong.prefix(5) + morning.callbackVerdict.wrong.prefix(5) { terminal.say(line.words) }
        for fault in morning.routing.faults.prefix(5) { terminal.say("routing: \(fault)") }
        return HighAvailabilityOutcome(
            failures: course.records.count,
            lost: morning.verdict.missing + morning.callbackVerdict.missing + max(0, morning.happened - morning.counts.seen),
            twice: morning.verdict.duplicates + morning.callbackVerdict.duplicates, worstGapS: gaps.values.max() ?? 0,
            gapsS: gaps,
            calmGapS: gap(course.calmUntil - (Self.calm / .seconds(2)), course.calmUntil, in: before),
            failoverS: course.times.failover, cutNoticedS: course.times.noticed, cutRejoinedS: course.times.rejoined,
            slowestCallS: morning.verdict.latency?.max.map { ($0 / 10).rounded() / 100 },
            routerErrors: questions.errorsInAll + morning.routing.errors + morning.routing.loops, routerAsked: questions.asked,
            routerSlowestMs: (questions.slowest / .microseconds(1)).rounded() / 1000, consoleErrors: visits.errorsInAll,
            consoleAsked: visits.asked,
            consoleGapS: course.records.map { gap($0.began, $0.ended, in: [pages]) }.max() ?? 0,
            programsEnded: stage.endedPrograms,
            cutBy: stage.path.means,
            ttlS: options.timing.ttl, calls: morning.counts.seen, callbacks: morning.callbacks.seen,
            wrong: morning.verdict.wrong.count + morning.callbackVerdict.wrong.count,
            dead: morning.counts.dead + morning.callbacks.dead, pending: morning.counts.pending + morning.callbacks.pending,
            balanced: morning.balanced, seconds: (took / .milliseconds(1)).rounded() / 1000)
    }
}
