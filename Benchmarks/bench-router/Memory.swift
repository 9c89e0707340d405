import EmbeddedPostgres
import Foundation
import Postgres
import Routing

/// The index in memory at a steady rate: quiet, and while things happen. What is quiet is measured before each of them, and writes no decisions.
struct Memory {
    let plan: Plan
    let hub: BenchHub
    let tenant: Int32
    let many: [Question]
    let few: [Question]

    func run(_ figures: inout Figures) async throws {
        plan.ready("large")
        let quiet = try await start("large", ["decisions-keep": "none"], &figures)
        var windows = Windows(quiet: Load(port: quiet.port, questions: many), plan: plan)
        try await windows.measure("rules", windows.quiet, 15, &figures) { try await applyRules(12) }
        try await swap("swap", quiet, &windows, &figures)
        try await changeAll()
        try await swap("swap_all", quiet, &windows, &figures)
        try await growth(quiet, windows.quiet, &figures)

        let writer = try await start("writer", ["decisions-rate": "100000"], &figures)
        let writing = Load(port: writer.port, questions: many)
        let before = try await decisions()
        try await windows.measure("decisions", writing, 20, &figures) {}
        try await Task.sleep(for: .seconds(1))
        let written = try await decisions() - before
        if Double(written) < 20 * plan.rate { figures.fault("only \(written) of \(Int(20 * plan.rate)) decisions were written") }
        figures.set("decisions_written", Double(written))

        let recovery = Recovery(hub: hub, tenant: tenant, router: writer, question: many[0])
        try await windows.measure("outage", writing, plan.outage + 4, &figures) {
            try await recovery.outage(seconds: plan.outage)
        }
        // What waited meanwhile is written.
        try await windows.measure("backlog", writing, 30, isNext: true, &figures) {}
        figures.set("recovery_s", try await recovery.seconds())
        figures.set("outage_s", recovery.stopped)
        windows.tell(&figures)
        writer.stop()
        quiet.stop()
    }

    /// Starts a router and waits until it knows the numbers.
    private func start(_ name: String, _ settings: [String: String], _ figures: inout Figures) async throws -> Server {
        let clock = ContinuousClock()
        let started = clock.now
        let router = try await hub.startRouter(name, settings)
        try await router.answers(many[0], within: 300)
        let seconds = Double(started.duration(to: clock.now) / .milliseconds(1)) / 1000
        let megabytes = Double(router.memory) / 1_000_000
        Report.say("\(name): loaded within \(seconds) s of the start; the whole process takes \(megabytes) MB")
        if name == "large" {
            figures.set("index_load_s", seconds)
            figures.set("index_mb", megabytes)
        }
        return router
    }

    private func applyRules(_ times: Int) async throws {
        for round in 0..<times {
            try await hub.database.withTransaction { [tenant] in
                _ = try await RuleSetStore.apply(
                    BenchHub.rules + "# \(round)\n", rules: 20, tenant: tenant, after: nil, who: "bench", note: nil, on: $0)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Has the index read anew under load, and says how much memory there was at most.
    private func swap(_ name: String, _ router: Server, _ windows: inout Windows, _ figures: inout Figures) async throws {
        let peak = Peak(of: router)
        try await windows.measure(name, windows.quiet, nil, &figures) { [hub, tenant] in
            let loads = hub.loads("large")
            try await hub.database.withConnection {
                try await $0.run(script: "SELECT hub.directory_changed(\(tenant), reload => true)")
            }
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(300)
            while hub.loads("large") == loads {
                guard clock.now < deadline else { throw BenchError("the index was not swapped within 300 s") }
                try await clock.sleep(for: .milliseconds(20))
            }
            // The event loops get it right afterwards.
            try await clock.sleep(for: .seconds(1))
        }
        figures.set("\(name)_peak_mb", Double(peak.end()) / 1_000_000)
    }

    /// Of every number something else is said from now on.
    private func changeAll() async throws {
        try await hub.database.withConnection {
            try await $0.run(
                script: "UPDATE hub.directory_entry SET segment = 'U' || substr(segment, 2) WHERE tenant_id = \(tenant)")
            try await $0.run(script: "VACUUM ANALYZE hub.directory_entry")
        }
    }

    private func growth(_ router: Server, _ load: Load, _ figures: inout Figures) async throws {
        var (little, much): ([Double], [Double]) = ([], [])
        for _ in 0..<plan.rounds {
            for (load, isMuch) in [(Load(port: router.port, questions: few), false), (load, true)] {
                let outcome = try await load.closed(connections: 64, seconds: plan.seconds)
                if let flaw = outcome.flaw { figures.fault("growth: \(flaw)") }
                if isMuch { much.append(outcome.rate) } else { little.append(outcome.rate) }
            }
        }
        figures.set("growth_ratio", much.median / little.median)
        Report.say(
            String(
                format: "64 connections: %.0f/s with ten thousand numbers, %.0f/s with %d", little.median, much.median,
                plan.numbers))
    }

    private func decisions() async throws -> Int64 {
        let count = Statement("", "SELECT count(*) FROM hub.route_decision WHERE tenant_id = $1")
        return try await hub.database.query(count, [tenant])[0].decode(Int64.self)
    }
}
