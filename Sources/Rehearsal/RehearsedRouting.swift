import AsyncHTTPClient
import EmbeddedPostgres
import Foundation
import NIOCore
import NIOHTTP1
import Postgres

/// Smart routing in a rehearsal: rules and a key made with the `trunkline` command, a router, and the sandbox's Enreach that asks it.
struct RehearsedRouting: Sendable {
    /// Where the router answers.
    let host: String
    let port: Int

    var endpoint: String { "http://\(host):\(port)/route" }

    /// Rules for the sandbox's people and queues: everybody to whom somebody belongs goes there, strangers and the night stay.
    private static let rules = """
        timezone: Europe/Helsinki
        queues: {support: {number: '+35893100500', targetid: SUPPORT}, sales: '+35893100501', vip: {number: '+35893100505', targetid: VIP}}
        pools: {desk: [{to: support, weight: 2}, {to: sales}]}
        rules:
          - {name: blocked, when: {blocked: true}, to: disconnect}
          - {name: colleagues, when: {internal: true}, to: default}
          - {name: at the VIP desk, when: {targetid: VIP}, to: default}
          - {name: vip, when: {segment: VIP}, to: vip, fail: desk, priority: 5}
          - {name: talked to before, when: {last_agent_within_days: 30}, to: [last-agent, owner], fail: desk}
          - {name: owned, when: {caller: known}, to: [owner, desk]}
        """

    /// Loads numbers and rules, starts the router, and tells the sandbox to ask it.
    static func begin(on hub: RehearsedHub) async throws -> RehearsedRouting {
        let key = try await prepare(on: hub)
        let routing = try await start(on: hub)
        try await routing.beAsked(by: hub.door, key: key)
        return routing
    }

    /// Loads numbers and rules.
    ///
    /// - Returns: a key to ask with.
    static func prepare(on hub: RehearsedHub) async throws -> String {
        let (document, numbers) = (hub.folder.appending(path: "rules.yaml"), hub.folder.appending(path: "numbers.csv"))
        try Data(rules.utf8).write(to: document)
        try Data(Self.customers.utf8).write(to: numbers)
        _ = try await hub.command(["route", "numbers", "load", numbers.path()])
        _ = try await hub.command(["rules", "apply", document.path(), "--note", "rehearsal"])
        return try await hub.command(["route", "keys", "add", "enreach"]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts a router; returns when it is ready.
    static func start(on hub: RehearsedHub, number: Int = 1, at site: ProgramSite = .here) async throws -> RehearsedRouting {
        let routing = RehearsedRouting(host: site.host, port: try FreePort.find())
        let healthPort = try FreePort.find()
        let program = try hub.startRouter(number, port: routing.port, healthPort: healthPort, at: site)
        try await routing.ready(program, healthPort: healthPort)
        return routing
    }

    /// Enreach asks this router from now on.
    func beAsked(by door: SandboxDoor, key: String) async throws {
        struct Target: Encodable {
            let endpoint: String
            let key: String
            /// Names that Enreach sends for some queues.
            let targetIDs = ["+35893100500": "SUPPORT", "+35893100505": "VIP"]
            /// Of a hundred calls so many find nobody where they were sent.
            let overflow = 15
        }
        try await door.post("/admin/enreach/routing", Target(endpoint: endpoint, key: key))
    }

    /// The sandbox's customers as a file of numbers: every seventh is a VIP, and each has an agent.
    private static var customers: String {
        let agents = (0..<20).map { "+3589310\(10_000 + $0)" }
        var text = "number,kind,owner_number,segment\n"
        for index in 0..<500 {
            text += "+35850\(1_000_000 + index * 11),contact,\(agents[index % agents.count]),\(index % 7 == 0 ? "VIP" : "")\n"
        }
        return text
    }

    private func ready(_ program: ChildProgram, healthPort: Int) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(30)
        while clock.now < deadline {
            guard program.isRunning else { throw RehearsalError("the router ended:\n\(program.lastWords())") }
            let request = HTTPClientRequest(url: "http://\(host):\(healthPort)/health/ready")
            if let answer = try? await HTTPClient.shared.execute(request, timeout: .seconds(5)) {
                _ = try? await answer.body.collect(upTo: 1 << 20)
                if answer.status == .ok { return }
            }
            try await clock.sleep(for: .milliseconds(20))
        }
        throw RehearsalError("the router was not ready within 30 s:\n\(program.lastWords())")
    }

    /// What came of the sandbox's questions; waits until the last one has its answer.
    static func figures(of hub: RehearsedHub) async throws -> RoutingFigures {
        struct Report: Decodable {
            let figures: RoutingFigures
        }
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(15)
        while true {
            let figures = try await hub.door.get("/admin/enreach/routing", as: Report.self).figures
            if figures.answered == figures.asked || clock.now >= deadline { return figures }
            try await clock.sleep(for: .milliseconds(100))
        }
    }
}

/// What the sandbox's Enreach counted.
struct RoutingFigures: Decodable, Sendable {
    let asked: Int
    let answered: Int
    let standard: Int
    let rerouted: Int
    /// Found nobody where they were sent.
    let overflowed: Int
    /// Came with a targetid; came from colleagues.
    let named: Int
    let internals: Int
    let errors: Int
    let loops: Int
    let faults: [String]

    /// Whether calls were asked about, and each has an answer that is one.
    var isClean: Bool {
        asked > 0 && errors == 0 && loops == 0 && answered == asked && standard + rerouted == answered
    }
}
