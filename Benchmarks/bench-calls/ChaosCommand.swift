import ArgumentParser
import Rehearsal

struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Kill instances and the database while calls flow, then count. The last line is one JSON object.")

    @OptionGroup var chaos: ChaosArguments

    @Option(help: "Calls; 30 a kill by default.")
    var calls: Int?

    func run() async throws { try ChaosArguments.tell(try await Chaos(chaos.options(calls)).run()) }
}
