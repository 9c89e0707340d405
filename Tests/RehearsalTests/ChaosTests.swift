import Foundation
import Rehearsal
import TestSupport
import Testing

/// The real programs, the real database, and the sandbox in place of the vendors.
@Suite(.serialized) struct ChaosTests {
    @Test(.timeLimit(.minutes(30)))
    func `nothing is lost and nothing stands twice when instances and the database are killed`() async throws {
        var options = Chaos.Options()
        options.kills = 8
        // Draws one crash of the database, the second kill.
        options.seed = 8
        options.calls = 300
        options.programs = try BuiltProgram.folder()
        let outcome = try await Chaos(options, terminal: nil).run()
        #expect(outcome.isClean, "\(JSONLine.text(outcome))")
        #expect(outcome.seen >= 300)
        #expect(outcome.databaseCrashes > 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func `no callback request is lost or stands twice when instances and the database are killed`() async throws {
        var options = Chaos.Options()
        options.kills = 8
        options.seed = 3
        options.calls = 150
        options.programs = try BuiltProgram.folder()
        let outcome = try await CallbackChaos(options, terminal: nil).run()
        #expect(outcome.isClean, "\(JSONLine.text(outcome))")
        #expect(outcome.seen >= 120)
    }
}
