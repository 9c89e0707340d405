import EmbeddedPostgres
import Foundation

/// Kills instances of a program, and one time in ten the database, at seeded moments.
struct KillingSpree {
    let kills: Int
    let seed: UInt64
    let program: HubProgram
    let terminal: Terminal?

    /// - Returns: how often it was the database.
    func run(on hub: RehearsedHub) async throws -> Int {
        var generator = SeededGenerator(seed: seed)
        var crashes = 0
        for kill in 1...max(1, kills) {
            try await ContinuousClock().sleep(for: .milliseconds(Int.random(in: 300...1500, using: &generator)))
            if Int.random(in: 0..<10, using: &generator) == 0 {
                try await hub.postgres?.restart(.immediate)
                crashes += 1
            } else if let victim = hub.instances(of: program).filter(\.isRunning).randomElement(using: &generator) {
                victim.kill()
                _ = await victim.end()
                try hub.start(program, victim.number)
            }
            terminal?.show("\(kill) of \(kills) kills, \(crashes) of them of the database")
        }
        return crashes
    }
}
