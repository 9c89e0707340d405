public import Foundation

/// A hub of an earlier release is brought to this one while calls flow, in the order of docs/operations.md: migrate, then replace one
/// instance after another; then everything is counted.
public struct Upgrade: Sendable {
    public struct Options: Sendable {
        /// Where the earlier release's programs are.
        public var earlier: URL
        public var programs = ProgramFolder.ofThisProgram()
        public var seed: UInt64 = 1
        /// Calls a second.
        public var rate = 8
        /// Real seconds of the morning; it has to outlast the upgrade.
        public var seconds: Double = 120

        public init(from earlier: URL) { self.earlier = earlier }
    }

    /// Questions a second to each router.
    private static let routerRate = 50

    private let options: Options
    private let terminal: Terminal?

    /// - Parameter terminal: where progress goes; nil keeps quiet.
    public init(_ options: Options, terminal: Terminal? = Terminal()) {
        self.options = options
        self.terminal = terminal
    }

    public func run() async throws -> UpgradeOutcome {
        var raising = RehearsedHub.Options()
        raising.programs = options.programs
        raising.earlierPrograms = options.earlier
        raising.sandboxArguments = ["--seed", "\(options.seed)", "--visible-after", "1"]
        return try await RehearsedHub.use(raising, tell: { [terminal] in terminal?.say($0) }) { try await run(on: $0) }
    }

    private func run(on hub: RehearsedHub) async throws -> UpgradeOutcome {
        let before = try await Self.version(hub)
        try await HubDatabase.change("PollInterval", to: "1", in: hub.database, tenant: RehearsedHub.tenant)
        let calls = Int(options.seconds) * options.rate
        let scenario = MorningScenario(
            calls: calls, seed: options.seed, seconds: options.seconds, callbacks: calls / 12, unmatchedPeople: true)
        let summary = try await scenario.load(into: hub)
        try await FaultMix.ordinary.apply(to: hub.door, seed: options.seed)

        let course = UpgradeCourse(hub: hub, earlier: options.earlier, terminal: terminal)
        let questions = try await course.begin(rate: Self.routerRate)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await questions.run() }
            defer { questions.end() }
            terminal?.say("two instances of every program of schema \(before) are ready; \(summary.all) calls flow")
            let times = try await course.run(questions)
            guard try await hub.door.get("/admin/status", as: SandboxStatus.self).changesLeft > 0 else {
                throw RehearsalError("the morning was over before the upgrade was; give it more seconds")
            }
            try await settle(hub)
            questions.end()
            try await group.waitForAll()
            return try await count(hub, happened: summary.all, before: before, questions.figures, times)
        }
    }

    private func settle(_ hub: RehearsedHub) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(300)
        var (calls, callbacks) = (Settling(hub), CallbackSettling(hub))
        while clock.now < deadline {
            let callsAreOver = try await calls.isOver()
            if try await callbacks.isOver(), callsAreOver { return }
            try await clock.sleep(for: .milliseconds(500))
        }
    }

    private func count(
        _ hub: RehearsedHub, happened: Int, before: Int, _ questions: RouterQuestions.Figures, _ times: UpgradeCourse.Times
    ) async throws -> UpgradeOutcome {
        let morning = try await MorningOutcome.gather(from: hub, happened: happened)
        for (fault, number) in questions.errors { terminal?.say("a router: \(fault), \(number) times") }
        for line in morning.verdict.wrong.prefix(5) + morning.callbackVerdict.wrong.prefix(5) { terminal?.say(line.words) }
        for fault in morning.routing.faults.prefix(5) { terminal?.say("routing: \(fault)") }
        let completions = [try await Completions.inDynamics(hub.door), try await Completions.inTheHub(hub.database)]
        let gap = completions.map { $0.longestGap(from: times.began, to: times.ended) }.max() ?? 0
        return UpgradeOutcome(
            lost: morning.verdict.missing + morning.callbackVerdict.missing + max(0, happened - morning.counts.seen),
            twice: morning.verdict.duplicates + morning.callbackVerdict.duplicates,
            routerErrors: questions.errorsInAll + morning.routing.errors + morning.routing.loops, routerAsked: questions.asked,
            schemaBefore: before, schemaAfter: try await Self.version(hub), startedAgain: times.startedAgain,
            migrateS: times.migrate,
            upgradeS: ((times.ended - times.began) * 100).rounded() / 100, worstGapS: (gap * 100).rounded() / 100,
            calls: morning.counts.seen, callbacks: morning.callbacks.seen,
            wrong: morning.verdict.wrong.count + morning.callbackVerdict.wrong.count,
            dead: morning.counts.dead + morning.callbacks.dead, pending: morning.counts.pending + morning.callbacks.pending,
            balanced: morning.balanced)
    }

    private static func version(_ hub: RehearsedHub) async throws -> Int { try await HubDatabase.version(in: hub.database) }
}
