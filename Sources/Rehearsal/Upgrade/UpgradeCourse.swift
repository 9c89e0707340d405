import Foundation
import Postgres

/// The steps of an upgrade without a stop, on a hub whose calls flow.
struct UpgradeCourse: Sendable {
    /// When it took place, in seconds since 1970, and how many seconds the migration took.
    struct Times: Sendable {
        var began: Double
        var migrate: Double
        /// How many earlier programs were started again on the newer schema.
        var startedAgain: Int
        var ended: Double
    }

    let hub: RehearsedHub
    let earlier: URL
    /// How long both releases do their work on the new schema before the first instance is replaced.
    var together = Duration.seconds(10)
    /// Between one instance's end and the next step.
    var pause = Duration.seconds(2)
    let terminal: Terminal?

    private var site: ProgramSite { ProgramSite(programs: earlier) }

    /// The programs that the earlier release has.
    private var kinds: [HubProgram] {
        HubProgram.allCases.filter { FileManager.default.isExecutableFile(atPath: earlier.appending(path: $0.rawValue).path()) }
    }

    /// Starts two instances of every program of the earlier release, routers among them.
    ///
    /// - Returns: what asks both routers all the time.
    func begin(rate: Int) async throws -> RouterQuestions {
        // First, so that no call looks for its owner before people are known.
        for _ in 1...2 { try await hub.start(.userSync, at: site).ready() }
        _ = try await PeopleCounts.settled(in: hub.database)
        for kind in kinds where kind != .userSync {
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
        try await clock.sleep(for: together)
        let before = try await HubDatabase.version(in: hub.database)
        let began = Date().timeIntervalSince1970
        let migrate = try await self.migrate()
        terminal?.say(String(format: "the schema is migrated, in %.2f s; the earlier release goes on", migrate))
        let startedAgain = try await startAgain(programsOf: before, questions)
        try await clock.sleep(for: together)
        for kind in HubProgram.allCases { try await replace(kind) }
        for (place, number) in [1, startedAgain > 0 ? 3 : 2].enumerated() {
            try await replaceRouter(number, by: 4 + place, place: place, questions)
        }
        terminal?.say("every instance is of this release")
        return Times(began: began, migrate: migrate, startedAgain: startedAgain, ended: Date().timeIntervalSince1970)
    }

    private func migrate() async throws -> Double {
        let began = ContinuousClock.now
        _ = try await hub.command(["migrate", "--database", hub.server.url(of: HubDatabase.name, user: nil)], of: .thisRelease)
        let took = (began.duration(to: .now) / .milliseconds(10)).rounded() / 100
        try await HubDatabase.addLogins(to: hub.database, password: hub.server.password)
        return took
    }

    /// What a machine of the earlier release does that fails before its turn to be replaced has come: the second instance of every program is
    /// killed, and started again on the newer schema, if that lets it in.
    ///
    /// - Returns: how many were started.
    func startAgain(programsOf version: Int, _ questions: RouterQuestions) async throws -> Int {
        let from = try await hub.database.query(Self.programsFrom)[0].decode(Int.self)
        guard from <= version else {
            terminal?.say("programs of schema \(version) are not let in on this one, only those of \(from) and newer")
            return 0
        }
        for kind in kinds {
            for old in hub.instances(of: kind) where old.number == 2 {
                old.kill()
                _ = await old.end()
            }
            try await hub.start(kind, 2, at: site).ready()
        }
        try await replaceRouter(2, by: 3, at: site, place: 1, questions)
        terminal?.say("the second instance of every program of the earlier release was killed and started again")
        return kinds.count + 1
    }

    private static let programsFrom = Statement("rehearsal_programs_from", "SELECT hub.programs_from()")

    /// A new instance beside the earlier ones, then an earlier one less: the first as one should, the second by SIGKILL.
    private func replace(_ kind: HubProgram) async throws {
        for number in 1...2 {
            let new = try hub.start(kind, number + 2)
            try await new.ready()
            guard let old = hub.instances(of: kind).first(where: { $0.number == number }) else { continue }
            if kind == .callbackSync, number == 1 { try await CallbackProfile.sendWebhooks(to: new, of: hub) }
            guard old.isRunning else { throw RehearsalError("\(kind.rawValue) \(number) of the earlier release ended by itself") }
            if number == 1 { await old.stop() } else { old.kill() }
            terminal?.say("\(kind.rawValue) \(number) was \(number == 1 ? "stopped" : "killed"), \(number + 2) does its work")
            try await ContinuousClock().sleep(for: pause)
        }
    }

    /// Nobody asks it any more, then it stops: as behind a load balancer.
    ///
    /// - Parameter place: which of the two that are asked it is; Enreach asks the first.
    private func replaceRouter(
        _ number: Int, by next: Int, at site: ProgramSite = .here, place: Int, _ questions: RouterQuestions
    ) async throws {
        let new = try await RehearsedRouting.start(on: hub, number: next, at: site)
        let key = questions.key
        questions.ask(new.endpoint, insteadOf: place)
        if place == 0 { try await new.beAsked(by: hub.door, key: key) }
        try await ContinuousClock().sleep(for: pause)
        guard await hub.stopRouter(number) else {
            throw RehearsalError("router \(number) of the earlier release ended by itself")
        }
        terminal?.say("router \(number) was stopped, \(next) answers")
    }
}
