import ArgumentParser
import Rehearsal

struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Kill instances and the database while calls flow, then count. The last line is one JSON object.")

    @Option(help: "How many times something is killed.")
    var kills = 200

    @Option(help: "Everything drawn at random follows from it.")
    var seed: UInt64 = 1

    @Option(help: "Instances of call-sync.")
    var instances = 3

    @Option(help: "Calls; 30 a kill by default.")
    var calls: Int?

    func run() async throws {
        var options = Chaos.Options()
        options.kills = kills
        options.seed = seed
        options.instances = instances
        options.calls = calls
        let outcome = try await Chaos(options).run()
        print(JSONLine.text(outcome))
        guard outcome.isClean else { throw ExitCode.failure }
    }
}
