import ArgumentParser

@main
struct BenchCalls: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-calls",
        abstract: "Figures of the whole hub: calls from ingest to completed record, and what survives kills.",
        subcommands: [
            FiguresCommand.self, ChaosCommand.self, CallbackFiguresCommand.self, CallbackChaosCommand.self,
            HighAvailabilityCommand.self, UpgradeCommand.self,
        ])
}
