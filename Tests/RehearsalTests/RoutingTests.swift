import Foundation
import Postgres
import TestSupport
import Testing

@testable import Rehearsal

/// The sandbox's Enreach asks a real router about the calls of a morning.
@Suite struct RoutingTests {
    @Test func `nothing asked, or anything amiss, is not clean`() {
        func figures(asked: Int, answered: Int, standard: Int, rerouted: Int, errors: Int = 0, loops: Int = 0) -> RoutingFigures {
            RoutingFigures(
                asked: asked, answered: answered, standard: standard, rerouted: rerouted, overflowed: 0, named: 0, internals: 0,
                errors: errors, loops: loops, faults: [])
        }
        #expect(!figures(asked: 0, answered: 0, standard: 0, rerouted: 0).isClean)
        #expect(figures(asked: 9, answered: 9, standard: 4, rerouted: 5).isClean)
        #expect(!figures(asked: 9, answered: 8, standard: 4, rerouted: 4).isClean)
        #expect(!figures(asked: 9, answered: 9, standard: 4, rerouted: 4, errors: 1).isClean)
        #expect(!figures(asked: 9, answered: 9, standard: 4, rerouted: 5, loops: 1).isClean)
    }

    @Test(.timeLimit(.minutes(20)))
    func `every inbound call of a morning is answered, many are sent elsewhere, none goes round`() async throws {
        var options = RehearsedHub.Options()
        options.programs = try BuiltProgram.folder()
        options.sandboxArguments = ["--seed", "5", "--visible-after", "0"]
        let figures = try await RehearsedHub.use(options, tell: { _ in }) { hub in
            let scenario = MorningScenario(calls: 300, seed: 5, seconds: 10, callbacks: 0, unmatchedPeople: false)
            _ = try await scenario.load(into: hub)
            _ = try await RehearsedRouting.begin(on: hub)
            try await eventually("the morning is over") {
                struct Status: Decodable { let changesLeft: Int }
                return try await hub.door.get("/admin/scenario", as: Status.self).changesLeft == 0
            }
            let figures = try await RehearsedRouting.figures(of: hub)
            let count = Statement("", "SELECT count(*) FROM hub.route_decision")
            // A call that is sent on is asked about again where it comes to.
            try await eventually("more decisions are kept than calls were asked about") {
                try await hub.database.query(count)[0].decode(Int64.self) > Int64(figures.asked)
            }
            return figures
        }
        #expect(figures.isClean, "\(figures)")
        #expect(figures.asked > 50 && figures.rerouted > 10 && figures.standard > 10)
        // Some overflow, some have names, some come from colleagues: the sandbox plays all of it.
        #expect(figures.overflowed > 0 && figures.named > 0 && figures.internals > 0, "\(figures)")
    }
}
