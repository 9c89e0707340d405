import ArgumentParser
import EmbeddedPostgres

/// Our libpq layer against PostgreSQL's own programs, in turns against one server.
struct PostgresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postgres",
        abstract: "The libpq layer: point SELECTs against pgbench, COPY against psql.")

    @Option(help: "Rounds of each kind; the medians count.") var rounds = 5
    @Option(help: "Seconds that one round of SELECTs takes.") var seconds = 3.0
    @Option(help: "Clients of pgbench and tasks of ours.") var clients = 16
    @Option(help: "Threads of pgbench.") var jobs = 2
    @Option(help: "Rows of one COPY.") var rows = 1_000_000

    func run() async throws {
        let server = try await EmbeddedPostgres.start()
        do {
            var figures = Figures()
            try await SelectBenchmark(server: server, rounds: rounds, seconds: seconds, clients: clients, jobs: jobs).run(
                into: &figures)
            try await CopyBenchmark(server: server, rounds: rounds, rows: rows).run(into: &figures)
            figures.printJSON()
        } catch {
            await server.stop(.immediate)
            throw error
        }
        await server.stop(.immediate)
    }
}
