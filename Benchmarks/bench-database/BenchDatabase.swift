import ArgumentParser

@main
struct BenchDatabase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-database",
        abstract: "Figures of what stands on PostgreSQL: the libpq layer and the job table.",
        subcommands: [PostgresCommand.self, QueueCommand.self])
}
