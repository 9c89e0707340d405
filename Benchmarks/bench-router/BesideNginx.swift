import Foundation
import NIOCore

/// The router and nginx with Lua on the same contract, with the same numbers, in turn.
struct BesideNginx {
    let plan: Plan
    private static let numbers = 100_000

    private struct Round {
        var rate: Double
        var p99: Double
        var cpuMicroseconds: Double
    }

    func run(_ figures: inout Figures) async throws {
        let hub = try await BenchHub.raise()
        let (_, key) = try await hub.addTenant("bench", numbers: Self.numbers)
        // nginx keeps no record of what it answered; the same job here.
        let router = try await hub.startRouter("router", ["decisions-keep": "none"])
        let nginx = try await Nginx.start(key: key, numbers: Self.numbers, in: hub.folder)
        let questions = Questions.make(10_000, key: key) { BenchHub.number($0 * 7919 % Self.numbers) }
        try await router.answers(questions[0], 200)
        try await nginx.answers(questions[0], 200)
        nginx.measureChild()
        plan.ready("nginx")
        for connections in [1, 64, 512] {
            var (ours, theirs): ([Round], [Round]) = ([], [])
            for _ in 0..<plan.rounds {
                ours.append(try await round(router, questions, connections))
                theirs.append(try await round(nginx, questions, connections))
            }
            func median(_ rounds: [Round], _ value: (Round) -> Double) -> Double { rounds.map(value).median }
            let cpu = (median(ours, \.cpuMicroseconds), median(theirs, \.cpuMicroseconds))
            let rate = (median(ours, \.rate), median(theirs, \.rate))
            let p99 = (median(ours, \.p99), median(theirs, \.p99))
            Report.say(
                String(
                    format:
                        "%d connections: router %.0f/s, p99 %.3f ms, %.1f µs CPU; nginx %.0f/s, p99 %.3f ms, %.1f µs CPU; ratios %.2f, %.2f, %.2f",
                    connections, rate.0, p99.0, cpu.0, rate.1, p99.1, cpu.1, rate.0 / rate.1, p99.0 / p99.1, cpu.0 / cpu.1))
            switch connections {
            case 1: figures.nginxRatio1 = (rate.0 / rate.1).rounded3
            case 64:
                figures.nginxRatio64 = (rate.0 / rate.1).rounded3
                figures.nginxP99Ratio64 = (p99.0 / p99.1).rounded3
                figures.cpuRatio64 = (cpu.0 / cpu.1).rounded3
            default: figures.nginxRatio512 = (rate.0 / rate.1).rounded3
            }
        }
        router.stop()
        nginx.stop()
        await hub.takeDown()
    }

    private func round(_ server: Server, _ questions: [ByteBuffer], _ connections: Int) async throws -> Round {
        let load = Load(port: server.port, requests: questions)
        _ = try await load.closed(connections: connections, seconds: 0.5)
        let before = server.cpu
        let outcome = try await load.closed(connections: connections, seconds: plan.seconds)
        let cpu = server.cpu - before
        guard outcome.errors == 0, outcome.statuses.keys.allSatisfy({ $0 == 200 || $0 == 204 }) else {
            throw BenchError("answers other than 200 and 204: \(outcome.statuses), \(outcome.broken) broken")
        }
        return Round(
            rate: outcome.rate, p99: outcome.latencies.percentile(0.99),
            cpuMicroseconds: cpu * 1e6 / Double(max(1, outcome.latencies.count)))
    }
}
