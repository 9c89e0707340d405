import ArgumentParser
import EmbeddedPostgres
import Foundation
import Postgres

/// `bench-database queue`: what the job table does, on a private durable server.
struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Figures of the job table; the last line is one JSON object. Ratios are taken within one run.")

    @Flag(help: "One short round of each.") var quick = false
    @Option(help: "Rounds; figures are medians over them. By default 3, and 7 for order per key and for several instances.")
    var rounds: Int?
    @Option(help: "Jobs in a round.") var jobs: Int?
    @Option(help: "Only measurements whose name has this in it.") var only: String?
    @Option(help: .hidden) var workerOn: String?
    @Option(help: .hidden) var slots = 8

    func run() async throws {
        if let workerOn {
            try await QueueWorkerProcess.main(url: workerOn, slots: slots)
            return
        }
        let sizes = QueueSizes(
            rounds: rounds ?? (quick ? 1 : 3), unsteadyRounds: rounds ?? (quick ? 1 : 7),
            jobs: jobs ?? (quick ? 40_000 : 100_000), archived: quick ? 500_000 : 10_000_000,
            waiting: quick ? 100_000 : 1_000_000, pickups: quick ? 100 : 400, singles: quick ? 600 : 3_000)
        let server = try await EmbeddedPostgres.start(settings: [
            "shared_buffers": "1GB", "max_wal_size": "4GB", "max_connections": "100",
        ])
        do {
            try await measure(server, sizes)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private func measure(_ server: EmbeddedPostgres, _ sizes: QueueSizes) async throws {
        let world = try await QueueWorld.make(server)
        var report = QueueReport()
        let measurements: [(String, (QueueWorld, QueueSizes, inout QueueReport) async throws -> Void)] = [
            ("worked", QueueFigures.worked), ("enqueue", QueueFigures.enqueue), ("pickup", QueueFigures.pickup),
            ("notify", QueueFigures.notify), ("instances", QueueFigures.instances), ("backlog", QueueFigures.backlog),
        ]
        for (name, measurement) in measurements where only.map(name.contains) ?? true {
            try await measurement(world, sizes, &report)
        }
        await world.database.close()
        report.finish()
    }
}

struct QueueSizes {
    var rounds: Int
    /// Rounds of what differs most from one to the next: order per key, and several instances, by what they share two cores with.
    var unsteadyRounds: Int
    var jobs: Int
    var archived: Int
    var waiting: Int
    var pickups: Int
    var singles: Int
}

/// Figures as they come, and all of them in one line at the end.
struct QueueReport {
    private var figures: [(name: String, value: Double)] = []

    mutating func add(_ name: String, _ value: Double, _ detail: String = "") {
        figures.append((name, value))
        print("\(name.padding(toLength: 28, withPad: " ", startingAt: 0)) \(Self.text(value))  \(detail)")
        fflush(nil)
    }

    /// The median of several rounds, which are shown beside it.
    mutating func add(_ name: String, medianOf rounds: [Double]) {
        add(name, Self.median(rounds), "(" + rounds.sorted().map(Self.text).joined(separator: " ") + ")")
    }

    func finish() {
        print("{" + figures.map { "\"\($0.name)\":\(Self.text($0.value))" }.joined(separator: ",") + "}")
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    static func text(_ value: Double) -> String {
        value >= 1000 ? String(Int(value.rounded())) : String(format: "%.4g", value)
    }
}
