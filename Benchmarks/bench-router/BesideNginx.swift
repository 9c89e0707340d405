import Foundation

/// The router and nginx with Lua on the same contract, with the same numbers, in turn.
struct BesideNginx {
    let plan: Plan
    private static let numbers = 100_000

    private struct Round {
        var rate: Double
        var p99: Double
        var cpuMicroseconds: Double
        /// Of a processor, by the server and by the generator.
        var serverShare: Double
        var generatorShare: Double
    }

    func run(_ figures: inout Figures) async throws {
        try await BenchHub.use { hub in try await measure(on: hub, &figures) }
    }

    private func measure(on hub: BenchHub, _ figures: inout Figures) async throws {
        let (_, key) = try await hub.addTenant("bench", numbers: Self.numbers)
        // nginx keeps no record of what it answered; the same job here.
        let router = try await hub.startRouter("router", ["decisions-keep": "none"])
        let nginx = try await Nginx.start(key: key, numbers: Self.numbers, in: hub.folder)
        let questions = Question.make(10_000, key: key) { BenchHub.number($0 * 7919 % Self.numbers) }
        try await router.answers(questions[0])
        try await nginx.answers(questions[0])
        nginx.measureChild()
        plan.ready("nginx")
        for connections in [1, 64, 512] {
            var (ours, theirs): ([Round], [Round]) = ([], [])
            for _ in 0..<plan.rounds {
                ours.append(try await round(router, questions, connections))
                theirs.append(try await round(nginx, questions, connections))
            }
            note(connections, ours, theirs, &figures)
        }
    }

    private func note(_ connections: Int, _ ours: [Round], _ theirs: [Round], _ figures: inout Figures) {
        func medians(_ value: (Round) -> Double) -> (Double, Double) { (ours.map(value).median, theirs.map(value).median) }
        let (cpu, rate, p99) = (medians(\.cpuMicroseconds), medians(\.rate), medians(\.p99))
        let (server, generator) = (medians(\.serverShare), medians(\.generatorShare))
        Report.say(
            String(
                format:
                    "%d connections: router %.0f/s, p99 %.3f ms, %.1f µs CPU; nginx %.0f/s, p99 %.3f ms, %.1f µs CPU; ratios %.2f, %.2f, %.2f; processors: servers %.2f and %.2f, generator %.2f and %.2f",
                connections, rate.0, p99.0, cpu.0, rate.1, p99.1, cpu.1, rate.0 / rate.1, p99.0 / p99.1, cpu.0 / cpu.1, server.0,
                server.1,
                generator.0, generator.1))
        figures.set("nginx_ratio_\(connections)", rate.0 / rate.1)
        figures.set("nginx_p99_ratio_\(connections)", p99.0 / p99.1)
        figures.set("cpu_ratio_\(connections)", cpu.0 / cpu.1)
        for (name, value) in [("rate", rate), ("p99_ms", p99), ("cpu_us", cpu)] {
            figures.set("router_\(name)_\(connections)", value.0)
            figures.set("nginx_\(name)_\(connections)", value.1)
        }
        figures.set("generator_share_\(connections)", max(generator.0, generator.1))
    }

    private func round(_ server: Server, _ questions: [Question], _ connections: Int) async throws -> Round {
        let load = Load(port: server.port, questions: questions)
        _ = try await load.closed(connections: connections, seconds: 0.5)
        let (before, began) = (server.cpu, ContinuousClock.now)
        let outcome = try await load.closed(connections: connections, seconds: plan.seconds)
        let cpu = server.cpu - before
        let took = Double(began.duration(to: .now) / .microseconds(1)) / 1e6
        if let flaw = outcome.flaw { throw BenchError(flaw) }
        return Round(
            rate: outcome.rate, p99: outcome.p(0.99), cpuMicroseconds: cpu * 1e6 / Double(max(1, outcome.latencies.count)),
            serverShare: cpu / took, generatorShare: outcome.generatorShare)
    }
}
