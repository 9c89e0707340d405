import ArgumentParser
import Foundation
import GeneratedData
import Plans
import Reports

@main
struct BenchConsole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-console",
        abstract:
            "How quickly a large hub answers: generates one, and times every report and every page of the console on it. The last line is one JSON object."
    )

    @Option(help: "Calls to generate, over 60 days.")
    var calls = 20_000_000

    @Option(help: "Finished jobs to generate, over 30 days.")
    var jobs = 50_000_000

    @Option(help: ArgumentHelp("Folder that keeps the generated hub for another run.", valueName: "dir"))
    var keep: String?

    @Option(help: ArgumentHelp("Folder of a hub that an earlier run kept: nothing is generated.", valueName: "dir"))
    var reuse: String?

    @Option(help: "What is timed, separated by commas: reports, pages.")
    var parts = Part.allCases.map(\.rawValue).joined(separator: ",")

    @Option(help: "Runs of each report and page after the first; their median counts.")
    var runs = 5

    @Option(
        help: ArgumentHelp(
            "Folder for the plans of all reports and of all statements of pages, as EXPLAIN (ANALYZE, BUFFERS) tells them.",
            valueName: "dir"))
    var plans: String?

    @Option(
        help: ArgumentHelp("Folder for the shapes of all plans, without costs and times: docs/plans.", valueName: "dir"))
    var record: String?

    @Flag(help: "Empty the system's file cache before the first run of each report. Needs root.")
    var cold = false

    enum Part: String, CaseIterable { case reports, pages }

    private var chosen: [Part]? {
        let parts = parts.split(separator: ",").map { Part(rawValue: String($0)) }
        return parts.contains(nil) || parts.isEmpty ? nil : parts.compactMap(\.self)
    }

    func validate() throws {
        guard chosen != nil else { throw ValidationError("--parts are reports, pages or both") }
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
            let figures = try await measure(cluster)
            await cluster.stop()
            print(figures.json)
        } catch {
            await cluster.stop()
            throw error
        }
    }

    private func measure(_ cluster: BenchCluster) async throws -> Figures {
        var figures = Figures()
        let planFolder = plans.map { URL(filePath: $0) }
        var recorded: RecordedPlans?
        if let record { recorded = try await RecordedPlans.begin(in: URL(filePath: record), of: cluster.database) }
        for part in chosen ?? [] {
            switch part {
            case .reports:
                figures.add(
                    try await ReportTimings(
                        cluster: cluster, runs: runs, isCold: cold, planFolder: planFolder, record: recorded
                    ).measure())
            case .pages:
                figures.add(
                    try await PageTimings(cluster: cluster, runs: runs, planFolder: planFolder, record: recorded).measure())
            }
        }
        return figures
    }
}
