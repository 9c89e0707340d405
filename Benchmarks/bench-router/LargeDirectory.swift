import EmbeddedPostgres
import Foundation
import Postgres
import Routing

/// A tenant of ten million numbers beside one of ten thousand: latency at a steady rate, through outages and swaps, growth, and the index in the database.
struct LargeDirectory {
    let plan: Plan
    let parts: Set<String>

    func run(_ figures: inout Figures) async throws {
        try await BenchHub.use { hub in try await measure(on: hub, &figures) }
    }

    private func measure(on hub: BenchHub, _ figures: inout Figures) async throws {
        Report.say("seeding \(plan.numbers) numbers")
        var (small, large): ((id: Int32, key: String), (id: Int32, key: String)) = ((0, ""), (0, ""))
        try await hub.withoutIndexes {
            small = try await hub.addTenant("small", numbers: 10_000)
            large = try await hub.addTenant("large", numbers: plan.numbers)
        }
        let many = Question.make(100_000, key: large.key) { BenchHub.number($0 &* 104_729 % plan.numbers) }
        let few = Question.make(100_000, key: small.key) { BenchHub.number($0 &* 104_729 % 10_000) }
        if parts.contains("large") {
            try await Memory(plan: plan, hub: hub, tenant: large.id, many: many, few: few).run(&figures)
        }
        if parts.contains("database") { try await measureDatabase(hub, many, &figures) }
    }

    private func measureDatabase(_ hub: BenchHub, _ questions: [Question], _ figures: inout Figures) async throws {
        let router = try await hub.startRouter("database", ["index": "database", "decisions-keep": "none"])
        try await router.answers(questions[0])
        let bench = PointReads(hub: hub)
        try await bench.prepare(rows: 1_000_000)
        plan.ready("database")
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for _ in 0..<plan.rounds {
            let outcome = try await Load(port: router.port, questions: questions).closed(connections: 64, seconds: plan.seconds)
            if let flaw = outcome.flaw { throw BenchError(flaw) }
            ours.append(outcome.rate)
            theirs.append(try bench.rate(seconds: Int(plan.seconds.rounded(.up))))
        }
        figures.set("database_index_ratio", ours.median / theirs.median)
        figures.set("database_index_rate", ours.median)
        figures.set("pgbench_rate", theirs.median)
        Report.say(String(format: "index in the database: %.0f/s; pgbench -M prepared -S: %.0f/s", ours.median, theirs.median))
        router.stop()
    }
}
