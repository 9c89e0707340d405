import ArgumentParser
import Foundation
import GeneratedData
import Reports

@main
struct BenchConsole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-console",
        abstract:
            "How quickly a large hub answers: generates one, and times every report on it. The last line is one JSON object.")

    @Option(help: "Calls to generate, over 60 days.")
    var calls = 20_000_000

    @Option(help: "Finished jobs to generate, over 30 days.")
    var jobs = 50_000_000

    @Option(help: ArgumentHelp("Folder that keeps the generated hub for another run.", valueName: "dir"))
    var keep: String?

    @Option(help: ArgumentHelp("Folder of a hub that an earlier run kept: nothing is generated.", valueName: "dir"))
    var reuse: String?

    @Option(help: "Runs of each report after the first; their median counts.")
    var runs = 5

    @Option(
        help: ArgumentHelp("Folder for the plans of all reports, as EXPLAIN (ANALYZE, BUFFERS) tells them.", valueName: "dir"))
    var plans: String?

    @Flag(help: "Empty the system's file cache before the first run of each report. Needs root.")
    var cold = false

    func validate() throws {
        guard calls >= 10_000, jobs >= 10_000 else { throw ValidationError("--calls and --jobs are 10000 at least") }
        guard runs >= 1 else { throw ValidationError("--runs is 1 at least") }
        guard keep == nil || reuse == nil else {
            throw ValidationError("--keep and --reuse exclude each other: what is reused is kept")
        }
    }

    func run() async throws {
        let cluster =
            if let reuse {
                try await BenchCluster.reuse(URL(filePath: reuse))
            } else {
                try await BenchCluster.make(keeping: keep.map { URL(filePath: $0) }) { database in
                    try await GeneratedHub(Sizes(calls: calls, jobs: jobs), on: database, said: Progress.say).generate()
                }
            }
        do {
            var figures = Figures()
            figures.add(
                try await ReportTimings(
                    cluster: cluster, runs: runs, isCold: cold, planFolder: plans.map { URL(filePath: $0) }
                ).measure())
            await cluster.stop()
            print(figures.json)
        } catch {
            await cluster.stop()
            throw error
        }
    }
}
