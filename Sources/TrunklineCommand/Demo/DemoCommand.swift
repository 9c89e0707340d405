import ArgumentParser
import Foundation
import Rehearsal

/// `trunkline demo`: the whole hub on this machine, a busy morning, a kill, and the count.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Play a busy morning on this machine and count what came of it.",
        discussion: """
            Starts a private PostgreSQL, the sandbox in place of both vendors and some instances of call-sync, lets a seeded morning pass with faults \
            on, kills an instance in the middle, and compares what stands in Dynamics with what should. Then it stays up until Ctrl-C. Nothing outside \
            its folder is touched, and nothing leaves this machine. The exit status says whether the balance came out.
            """)

    @Option(help: "Calls of the morning.")
    var calls = 3000

    @Option(help: "Everything drawn at random follows from it.")
    var seed: UInt64 = 1

    @Option(help: "Seconds in which the morning passes.")
    var seconds = 60.0

    @Option(help: "Instances of call-sync.")
    var instances = 2

    @Option(help: "Folder for its files, kept at the end; a temporary one is removed.")
    var folder: String?

    @Flag(help: "End when the morning is counted; the last line is one JSON object with the figures.")
    var once = false

    func validate() throws {
        guard calls >= 10 else { throw ValidationError("--calls must be 10 at least: a morning has all the cases in it") }
        guard instances >= 1 else { throw ValidationError("--instances must be 1 at least") }
        guard seconds > 0 else { throw ValidationError("--seconds must be greater than 0") }
    }

    func run() async throws {
        var options = BusyMorning.Options()
        options.calls = calls
        options.seed = seed
        options.seconds = seconds
        options.instances = instances
        options.once = once
        options.folder = folder.map { URL(filePath: $0) }
        guard try await BusyMorning(options).play() else { throw ExitCode.failure }
    }
}
