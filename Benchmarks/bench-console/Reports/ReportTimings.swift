import EmbeddedPostgres
import Foundation
import Plans
import Postgres
import Reports

/// Times every report as the reporting role runs it: the first answer and the median of some more.
struct ReportTimings {
    let cluster: BenchCluster
    let runs: Int
    /// Whether the server is restarted and the system's file cache emptied before the first run of each.
    let isCold: Bool
    let planFolder: URL?
    /// Takes the shapes of plans; nil: they are not recorded.
    let record: RecordedPlans?

    struct Timing: Sendable {
        var report: String
        var rows: Int
        var firstMilliseconds: Double
        var medianMilliseconds: Double
        var reads: PlanShape
    }

    /// Prints a table of all reports and answers the slowest.
    func measure() async throws -> [(name: String, value: String)] {
        var timings: [Timing] = []
        for report in Report.all { timings.append(try await measure(report)) }
        Progress.say(Self.table(timings))
        let slowest = timings.max { $0.medianMilliseconds < $1.medianMilliseconds }
        let slowestFirst = timings.max { $0.firstMilliseconds < $1.firstMilliseconds }
        guard let slowest, let slowestFirst else { return [] }
        return [
            ("slowest_report_ms", whole(slowest.medianMilliseconds)), ("slowest_report", "\"\(slowest.report)\""),
            ("slowest_first_report_ms", whole(slowestFirst.firstMilliseconds)),
            ("slowest_first_report", "\"\(slowestFirst.report)\""), ("reports", "\(timings.count)"),
        ]
    }

    private func measure(_ report: Report) async throws -> Timing {
        if isCold { try await chill() }
        let database = cluster.readerDatabase()
        // Neither connecting nor the catalogue's first look is the report's.
        _ = try await ReportContract.version(of: database)
        var milliseconds: [Double] = []
        var rows = 0
        for _ in 0...runs {
            let start = ContinuousClock.now
            rows = try await report.run(on: database).count
            milliseconds.append(start.duration(to: .now) / .milliseconds(1))
        }
        try await explain(report, on: database)
        await database.close()
        let plan = try await ReportPlan.of(report, url: cluster.superuserURL)
        try record?.record(plan)
        let later = milliseconds.dropFirst().sorted()
        return Timing(
            report: report.name, rows: rows, firstMilliseconds: milliseconds[0], medianMilliseconds: later[later.count / 2],
            reads: plan.shape)
    }

    private func chill() async throws {
        try await cluster.server.restart(.fast)
        sync()
        try Data("3\n".utf8).write(to: URL(filePath: "/proc/sys/vm/drop_caches"))
    }

    /// Writes down what `EXPLAIN (ANALYZE, BUFFERS)` tells.
    private func explain(_ report: Report, on database: Database) async throws {
        guard let planFolder else { return }
        let lines = try await database.withTransaction(TransactionOptions(readOnly: true)) { connection in
            let parameters = try await report.parameters(nil, on: connection)
            return try await connection.query(Statement("", "EXPLAIN (ANALYZE, BUFFERS) \(report.sql)"), parameters)
        }
        try FileManager.default.createDirectory(at: planFolder, withIntermediateDirectories: true)
        let text = try lines.map { try $0[0].decode(String.self) }.joined(separator: "\n")
        try Data("\(text)\n".utf8).write(to: planFolder.appending(path: "\(report.name).txt"))
    }

    private func whole(_ milliseconds: Double) -> String { String(Int(milliseconds.rounded())) }

    private static func table(_ timings: [Timing]) -> String {
        let lines = timings.map { timing in
            let name = timing.report.padding(toLength: 20, withPad: " ", startingAt: 0)
            let figures = String(format: "%8d  %9.1f  %9.1f", timing.rows, timing.firstMilliseconds, timing.medianMilliseconds)
            return "\(name)\(figures)  \(timing.reads)"
        }
        return (["report                  rows   first ms  median ms  reads"] + lines).joined(separator: "\n")
    }
}
