public import Foundation
import Postgres

/// The demonstration: a seeded morning of calls flows through two instances, one of them is killed, and everything is counted at the end.
public struct BusyMorning: Sendable {
    public struct Options: Sendable {
        public var calls = 3000
        /// Callback requests among them; nil takes one for twelve calls.
        public var callbacks: Int?
        public var seed: UInt64 = 1
        /// Real seconds in which the morning passes.
        public var seconds: Double = 60
        public var instances = 2
        /// Whether it ends by itself.
        public var once = false
        public var folder: URL?

        public init() {}
    }

    private let options: Options
    private let terminal: Terminal

    public init(_ options: Options, terminal: Terminal = Terminal()) {
        self.options = options
        self.terminal = terminal
    }

    /// Plays it.
    ///
    /// - Returns: whether the balance came out: nothing missing, nothing twice, every call in one state.
    public func play() async throws -> Bool {
        var raising = RehearsedHub.Options()
        raising.folder = options.folder
        raising.sandboxArguments = ["--seed", "\(options.seed)", "--visible-after", "2"]
        let outcome = try await RehearsedHub.use(raising, tell: { [terminal] in terminal.say($0) }) { hub in
            let console = try await RehearsedConsole.begin(on: hub)
            terminal.say("the console is ready: \(console.address)/")
            let outcome = try await play(on: hub)
            if !options.once { await stayUp(hub, console) }
            return outcome
        }
        if options.once { terminal.write(outcome.json + "\n") }
        return outcome.balanced
    }

    private func play(on hub: RehearsedHub) async throws -> MorningOutcome {
        let callbacks = options.callbacks ?? options.calls / 12
        let scenario = MorningScenario(
            calls: options.calls, seed: options.seed, seconds: options.seconds, callbacks: callbacks, unmatchedPeople: true,
            webhookOnly: true)
        let summary = try await scenario.load(into: hub)
        let routing = try await RehearsedRouting.begin(on: hub)
        terminal.say("the router is ready: http://127.0.0.1:\(routing.port)/route; Enreach asks it about every inbound call")
        terminal.say("a morning of \(summary.all) calls and \(callbacks) callback requests begins")
        // First, so that no call looks for its owner before people are known.
        let userSync = try hub.start(.userSync)
        try await userSync.ready()
        let people = try await PeopleCounts.settled(in: hub.database)
        terminal.say("user-sync found who is whom: \(people.matched) people matched, \(people.unmatched) not")
        var callbackSync: Instance?
        if callbacks > 0 {
            let instance = try hub.start(.callbackSync)
            try await instance.ready()
            try await CallbackProfile.sendWebhooks(to: instance, of: hub)
            callbackSync = instance
            terminal.say("callback-sync \(instance.number) is ready: http://127.0.0.1:\(instance.port)/health/ready")
        }
        let installation = try await DynamicsInstallation.run(on: hub, userSync: userSync, callbackSync: callbackSync)
        terminal.say(
            "trunkline dynamics install made \(installation.parts) parts in Dynamics; \(installation.steps) of them tell user-sync of changes"
        )
        // Not before: an administrator who installs sees to it that the line holds, and repeats it where it did not.
        try await FaultMix.ordinary.apply(to: hub.door, seed: options.seed)
        terminal.say("faults are on: \(FaultMix.ordinary.words)")
        for _ in 0..<options.instances {
            let instance = try hub.startInstance()
            try await instance.ready()
            terminal.say("call-sync \(instance.number) is ready: http://127.0.0.1:\(instance.port)/health/ready")
        }

        try await watch(hub)
        terminal.say("everything has its end; reading back what stands in Dynamics")
        var outcome = try await MorningOutcome.gather(from: hub, happened: summary.all)
        outcome.installationRequests = installation.requests
        do {
            outcome.matchedWithin = try await PeopleChange(hub: hub).measure()
        } catch let error as RehearsalError {
            // The calls' balance does not hang on it.
            terminal.say("not measured: \(error)")
        }
        terminal.write("\n" + outcome.table + "\n")
        terminal.write(try await Stories(hub: hub).tell())
        return outcome
    }

    /// Shows progress until all calls are through, and kills an instance in the middle.
    private func watch(_ hub: RehearsedHub) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(options.seconds) + .seconds(300)
        var killed = false
        var revived = false
        var settling = Settling(hub)
        var callbackSettling = CallbackSettling(hub)
        var lastLine = clock.now
        while true {
            // Both are asked each time, so that both know when the last change was.
            let callsAreOver = try await settling.isOver()
            if try await callbackSettling.isOver(), callsAreOver { break }
            guard clock.now < deadline else {
                throw RehearsalError("the morning did not come to an end: \(try await CallCounts.read(from: hub.database))")
            }
            try await clock.sleep(for: .milliseconds(500))
            let counts = try await CallCounts.read(from: hub.database)
            let line = MorningProgress.line(counts, expected: options.calls, running: hub.allInstances.filter(\.isRunning).count)
            terminal.show(line)
            if !terminal.isInteractive, lastLine.duration(to: clock.now) > .seconds(5) {
                terminal.say(line)
                lastLine = clock.now
            }
            if !killed, counts.seen > options.calls * 2 / 5, let victim = hub.allInstances.first {
                victim.kill()
                killed = true
                terminal.say("call-sync \(victim.number) was killed (SIGKILL) with \(counts.unfinished) calls under way")
            } else if killed, !revived, counts.seen > options.calls * 7 / 10 {
                let instance = try hub.startInstance(1)
                revived = true
                terminal.say("call-sync \(instance.number) was started again")
            }
        }
    }

    private func stayUp(_ hub: RehearsedHub, _ console: RehearsedConsole) async {
        terminal.write(NextSteps.text(hub, console))
        await Interrupt.wait()
        terminal.write("\nstopping\n")
    }
}
