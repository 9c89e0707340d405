import EmbeddedPostgres
import Foundation
import NIOCore
import Postgres
import Routing

/// A tenant of ten million numbers beside one of ten thousand: latency at a steady rate, through outages and swaps, growth, and the index in the database.
struct LargeDirectory {
    let plan: Plan
    let parts: Set<String>

    func run(_ figures: inout Figures) async throws {
        let hub = try await BenchHub.raise()
        Report.say("seeding \(plan.numbers) numbers")
        var (small, large): ((id: Int32, key: String), (id: Int32, key: String)) = ((0, ""), (0, ""))
        try await hub.withoutIndexes {
            small = try await hub.addTenant("small", numbers: 10_000)
            large = try await hub.addTenant("large", numbers: plan.numbers)
        }
        let questions = Questions.make(100_000, key: large.key) { BenchHub.number($0 &* 104_729 % plan.numbers) }
        let few = Questions.make(100_000, key: small.key) { BenchHub.number($0 &* 104_729 % 10_000) }
        if parts.contains("large") { try await measureMemory(hub, large.id, questions, few, &figures) }
        if parts.contains("database") { try await measureDatabase(hub, questions, &figures) }
        await hub.takeDown()
    }

    private func measureMemory(
        _ hub: BenchHub, _ tenant: Int32, _ questions: [ByteBuffer], _ few: [ByteBuffer], _ figures: inout Figures
    ) async throws {
        plan.ready("large")
        let clock = ContinuousClock()
        let started = clock.now
        let router = try await hub.startRouter("large")
        try await router.answers(questions[0], 200, within: 300)
        figures.indexLoadS = Double(started.duration(to: clock.now) / .milliseconds(1) / 1000).rounded3
        figures.indexMb = (Double(router.memory) / 1_000_000).rounded3
        Report.say("loaded within \(figures.indexLoadS ?? 0) s of the start; the whole process takes \(figures.indexMb ?? 0) MB")

        let load = Load(port: router.port, requests: questions)
        _ = try await load.open(connections: 32, seconds: 3, rate: plan.rate)
        let quiet = try await steady("quiet", load, 15)
        figures.p50Ms = quiet.latencies.percentile(0.5).rounded3
        figures.p99Ms = quiet.latencies.percentile(0.99).rounded3
        let quietP99 = quiet.latencies.percentile(0.99)
        var errors = quiet.errors

        let rules = try await during("rules applied each second", load, 12) {
            for round in 0..<10 {
                try await hub.database.withTransaction {
                    _ = try await RuleSetStore.apply(
                        BenchHub.rules + "# \(round)\n", rules: 20, tenant: tenant, after: nil, who: "bench", note: nil, on: $0)
                }
                try await Task.sleep(for: .seconds(1))
            }
        }
        errors += rules.errors
        figures.rulesP99Ratio = (rules.latencies.percentile(0.99) / quietP99).rounded3

        let swaps = Self.loads(hub)
        let swap = try await during("an index of \(plan.numbers) swapped", load, 30) {
            try await hub.database.withConnection {
                try await $0.run(script: "SELECT hub.directory_changed(\(tenant), reload => true)")
            }
        }
        errors += swap.errors
        figures.swapP99Ratio = (swap.latencies.percentile(0.99) / quietP99).rounded3
        Report.say(Self.loads(hub) > swaps ? "the index was swapped meanwhile" : "THE INDEX WAS NOT SWAPPED WITHIN THE TIME")

        let outage = try await during("PostgreSQL stopped for \(plan.outage) s", load, plan.outage) {
            try await hub.postgres.interrupt(.immediate)
        }
        try await hub.postgres.resume()
        errors += outage.errors
        figures.outageP99Ratio = (outage.latencies.percentile(0.99) / quietP99).rounded3
        figures.errors5xx = errors
        try await Task.sleep(for: .seconds(5))

        var (little, much): ([Double], [Double]) = ([], [])
        for _ in 0..<plan.rounds {
            little.append(try await Load(port: router.port, requests: few).closed(connections: 64, seconds: plan.seconds).rate)
            much.append(try await load.closed(connections: 64, seconds: plan.seconds).rate)
        }
        figures.growthRatio = (much.median / little.median).rounded3
        Report.say(
            String(
                format: "64 connections: %.0f/s with ten thousand numbers, %.0f/s with %d", little.median, much.median,
                plan.numbers))
        router.stop()
    }

    private static func loads(_ hub: BenchHub) -> Int { hub.log("large").components(separatedBy: "Routes were read").count }

    private func steady(_ name: String, _ load: Load, _ seconds: Double) async throws -> Load.Outcome {
        let outcome = try await load.open(connections: 32, seconds: seconds, rate: plan.rate)
        Report.say(
            String(
                format: "%@: %.0f/s, p50 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, %@, %d broken", name, outcome.rate,
                outcome.latencies.percentile(0.5), outcome.latencies.percentile(0.99), outcome.latencies.percentile(0.999),
                "\(outcome.statuses)",
                outcome.broken))
        return outcome
    }

    /// The same load while something happens a second after its start.
    private func during(_ name: String, _ load: Load, _ seconds: Double, _ event: @Sendable @escaping () async throws -> Void)
        async throws -> Load.Outcome
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: .seconds(1))
                try await event()
            }
            let outcome = try await steady(name, load, seconds)
            try await group.waitForAll()
            return outcome
        }
    }

    private func measureDatabase(_ hub: BenchHub, _ questions: [ByteBuffer], _ figures: inout Figures) async throws {
        let router = try await hub.startRouter("database", ["index": "database", "decisions-keep": "none"])
        try await router.answers(questions[0], 200)
        let bench = PointReads(hub: hub)
        try await bench.prepare(rows: 1_000_000)
        plan.ready("database")
        var (ours, theirs): ([Double], [Double]) = ([], [])
        for _ in 0..<plan.rounds {
            ours.append(
                try await Load(port: router.port, requests: questions).closed(connections: 64, seconds: plan.seconds).rate)
            theirs.append(try bench.rate(seconds: Int(plan.seconds.rounded(.up))))
        }
        figures.databaseIndexRatio = (ours.median / theirs.median).rounded3
        Report.say(String(format: "index in the database: %.0f/s; pgbench -M prepared -S: %.0f/s", ours.median, theirs.median))
        router.stop()
    }
}
