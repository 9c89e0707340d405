import ArgumentParser
import Rehearsal

struct FiguresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "Calls per second without limits, then admission under the published limits. The last line is one JSON object.")

    @Option(help: "Calls of each run.")
    var calls = 100_000

    @Option(help: "Instances of call-sync under the limits.")
    var instances = 2

    @Option(help: "Instances of call-sync without limits.")
    var freeInstances = 1

    @Option(help: "Runs without limits; the figures are of the median one.")
    var rounds = 3

    @Option(help: "How many times faster the sandbox's windows, delays and Retry-After run in the limited part.")
    var speed = 10

    @Option(help: "Which part: idle, free, limited or all.")
    var part = "all"

    func run() async throws {
        var options = CallFigures.Options()
        options.calls = calls
        options.instances = instances
        options.freeInstances = freeInstances
        options.rounds = rounds
        options.speed = speed
        if part != "all" { options.parts = [part] }
        let outcome = try await CallFigures(options).run()
        print(JSONLine.text(outcome))
    }
}
