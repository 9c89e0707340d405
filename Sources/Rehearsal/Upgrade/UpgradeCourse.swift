import Foundation

/// The steps of an upgrade without a stop, on a hub whose calls flow.
struct UpgradeCourse: Sendable {
    /// When it took place, in seconds since 1970, and how many seconds the migration took.
    struct Times: Sendable {
        var began: Double
        var migrate: Double
        var ended: Double
    }

    let hub: RehearsedHub
    let earlier: URL
    let terminal: Terminal

    /// How long both releases do their work on the new schema before the first instance is replaced, and between one and the next.
    private static let together = Duration.seconds(10)
    private static let pause = Duration.seconds(2)

    private var site: ProgramSite { ProgramSite(programs: earlier) }

    /// Starts two instances of every program of the earlier release, routers among them.
    ///
    /// - Returns: what asks both routers all the time.
    func begin(rate: Int) async throws -> RouterQuestions {
        // First, so that no call looks for its owner before people are known.
        for _ in 1...2 { try await hub.start(.userSync, at: site).ready() }
        _ = try await PeopleCounts.settled(in: hub.database)
        for kind in HubProgram.allCases where kind != .userSync {
            for _ in 1...2 { try await hub.start(kind, at: site).ready() }
        }
        if let first = hub.instances(of: .callbackSync).first { try await CallbackProfile.sendWebhooks(to: first, of: hub) }
        let key = try await RehearsedRouting.prepare(on: hub)
        var endpoints: [String] = []
        for number in 1...2 {
            let routing = try await RehearsedRouting.start(on: hub, number: number, at: site)
            if number == 1 { try await routing.beAsked(by: hub.door, key: key) }
            endpoints.append(routing.endpoint)
        }
        return RouterQuestions(endpoints: endpoints, key: key, rate: rate)
    }

    func run(_ questions: RouterQuestions) async throws -> Times {
        let clock = ContinuousClock()
        try await clock.sleep(for: Self.together)
        let began = Date().timeIntervalSince1970
        let migrate = try await self.migrate()
        terminal.say(String(format: "the schema is migrated, in %.2f s; the earlier release goes on", migrate))
        try await clock.sleep(for: Self.together)
        for kind in HubProgram.allCases { try await replace(kind) }
        for number in 1...2 { try await replaceRouter(number, questions) }
        terminal.say("every instance is of this release")
        return Times(began: began, migrate: migrate, ended: Date().timeIntervalSince1970)
    }

    private func migrate() async throws -> Double {
        let began = ContinuousClock.now
        _ = try await hub.command(["migrate", "--database", hub.server.url(of: HubDatabase.name, user: nil)], of: .thisRelease)
        return (began.duration(to: .now) / .milliseconds(10)).rounded() / 100
    }

    /// A new instance beside the earlier ones, then an earlier one less: the first as one should, the second by SIGKILL.
    private func replace(_ kind: HubProgram) async throws {
        for number in 1...2 {
            let new = try hub.start(kind, number + 2)
            try await new.ready()
            guard let old = hub.instances(of: kind).first(where: { $0.number == number }) else { continue }
            if kind == .callbackSync, number == 1 { try await CallbackProfile.sendWebhooks(to: new, of: hub) }
            guard old.isRunning else { throw RehearsalError("\(kind.rawValue) \(number) of the earlier release ended by itself") }
            if number == 1 { await old.stop() } else { old.kill() }
            terminal.say("\(kind.rawValue) \(number) was \(number == 1 ? "stopped" : "killed"), \(number + 2) does its work")
            try await ContinuousClock().sleep(for: Self.pause)
        }
    }

    /// Nobody asks it any more, then it stops: as behind a load balancer.
    private func replaceRouter(_ number: Int, _ questions: RouterQuestions) async throws {
        let new = try await RehearsedRouting.start(on: hub, number: number + 2)
        let key = questions.key
        questions.ask(new.endpoint, insteadOf: number - 1)
        if number == 1 { try await new.beAsked(by: hub.door, key: key) }
        try await ContinuousClock().sleep(for: Self.pause)
        guard await hub.stopRouter(number) else {
            throw RehearsalError("router \(number) of the earlier release ended by itself")
        }
        terminal.say("router \(number) was stopped, \(number + 2) answers")
    }
}
