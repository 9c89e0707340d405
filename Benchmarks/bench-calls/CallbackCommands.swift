import ArgumentParser
import Rehearsal

struct CallbackFiguresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbacks",
        abstract: "A backlog of open callback requests under the published limits. The last line is one JSON object.")

    @Option(help: "Open callback requests.")
    var callbacks = 50_000

    @Option(help: "Instances of callback-sync.")
    var instances = 2

    @Option(help: "How many times faster the sandbox's windows, delays and Retry-After run.")
    var speed = 10

    @Option(help: "Contacts in the directory.")
    var contacts = 200_000

    func run() async throws {
        var options = CallbackFigures.Options()
        options.contacts = contacts
        options.callbacks = callbacks
        options.instances = instances
        options.speed = speed
        print(JSONLine.text(try await CallbackFigures(options).run()))
    }
}

struct CallbackChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos-callbacks",
        abstract: "Kill instances and the database while callback requests flow, then count. The last line is one JSON object.")

    @OptionGroup var chaos: ChaosArguments

    @Option(help: "Callback requests; 20 a kill by default.")
    var callbacks: Int?

    func run() async throws { try ChaosArguments.tell(try await CallbackChaos(chaos.options(callbacks)).run()) }
}
