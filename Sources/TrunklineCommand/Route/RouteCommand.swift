import ArgumentParser

/// `trunkline route`: smart routing's decisions, keys and numbers.
struct RouteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route",
        abstract: "Try out and replay routing decisions; manage the vendor's keys and the numbers that routing knows.",
        subcommands: [RouteTest.self, RouteReplay.self, RouteKeysCommand.self, RouteNumbersCommand.self])
}
