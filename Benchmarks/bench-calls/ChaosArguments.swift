import ArgumentParser
import Rehearsal

/// What both chaos commands can be told.
struct ChaosArguments: ParsableArguments {
    @Option(help: "How many times something is killed.")
    var kills = 200

    @Option(help: "Everything drawn at random follows from it.")
    var seed: UInt64 = 1

    @Option(help: "Instances of the program.")
    var instances = 3

    /// - Parameter count: calls or callback requests; nil takes so many a kill.
    func options(_ count: Int?) -> Chaos.Options {
        var options = Chaos.Options()
        options.kills = kills
        options.seed = seed
        options.instances = instances
        options.calls = count
        return options
    }

    /// Prints the outcome; the exit status tells whether it is clean.
    static func tell(_ outcome: ChaosOutcome) throws {
        print(JSONLine.text(outcome))
        guard outcome.isClean else { throw ExitCode.failure }
    }
}
