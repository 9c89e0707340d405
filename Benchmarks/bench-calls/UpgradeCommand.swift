import ArgumentParser
import Foundation
import Rehearsal

struct UpgradeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Bring a hub of an earlier release to this one while calls flow, then count.",
        discussion: "The last line is one JSON object; the status tells whether it is clean.")

    @Option(help: ArgumentHelp("Where the earlier release's programs are.", valueName: "folder"))
    var from: String

    @Option(help: "Everything drawn at random follows from it.")
    var seed: UInt64 = 1

    @Option(help: "Calls a second.")
    var rate = 8

    @Option(help: "Seconds for which calls flow.")
    var seconds = 120.0

    func run() async throws {
        var options = Upgrade.Options(from: URL(filePath: from))
        options.seed = seed
        options.rate = rate
        options.seconds = seconds
        let outcome = try await Upgrade(options).run()
        print(JSONLine.text(outcome))
        guard outcome.isClean else { throw ExitCode.failure }
    }
}
