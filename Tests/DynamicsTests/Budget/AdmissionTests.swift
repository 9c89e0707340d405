import Testing

@testable import Dynamics

/// The controller against simulated limits, in virtual time.
@Suite struct AdmissionTests {
    private func check(_ simulator: LimitsSimulator, seeds: Range<UInt64> = 1..<3, admission: Double = 0.9) {
        for seed in seeds {
            let result = simulator.run(seed: seed)
            #expect(result.admission >= admission, "seed \(seed)")
            #expect(result.throttledRatio < 0.01, "seed \(seed): \(result.throttled) of \(result.requests)")
        }
    }

    @Test(arguments: [1, 3]) func `uses nine tenths of what the servers admit, with hardly a refusal`(instances: Int) {
        check(LimitsSimulator(instances: instances, slots: 48 / instances))
    }

    @Test(arguments: [1, 3]) func `keeps that when the service's clock runs twenty times as fast`(instances: Int) {
        var simulator = LimitsSimulator(instances: instances, slots: 48 / instances)
        simulator.limits.windowSeconds = 15
        simulator.limits.timeScale = 20
        simulator.duration = 90
        simulator.retryAfter = 1
        check(simulator)
    }

    @Test func `keeps that with one server and with many`() {
        check(LimitsSimulator(servers: 1, slots: 16))
        // With more servers the fullest one stands out more.
        check(LimitsSimulator(servers: 12, slots: 96, duration: 1200), admission: 0.86)
    }

    @Test func `lives by its own reckoning where the service states nothing`() {
        check(LimitsSimulator(states: false))
    }

    @Test func `stays under one per cent when the service counts at the start`() {
        check(LimitsSimulator(countsAtStart: true), admission: 0.88)
    }

    @Test func `leaves alone what somebody else uses`() {
        var simulator = LimitsSimulator()
        simulator.foreignLoad = 1
        // A quarter of each server is gone.
        check(simulator, admission: 0.64)
    }

    @Test func `a backfill keeps off the last twentieth`() {
        check(LimitsSimulator(lane: .backfill), admission: 0.84)
    }

    @Test func `adapts to answers that name no server`() {
        let result = LimitsSimulator(labels: false).run(seed: 1)
        #expect(result.throttledRatio < 0.05)
        #expect(result.admission > 0.4)
    }

    @Test func `three instances get about the same`() {
        let counts = LimitsSimulator(instances: 3, slots: 16).run(seed: 5).perInstance
        let mean = Double(counts.reduce(0, +)) / 3
        for count in counts { #expect(Double(count) > 0.7 * mean, "\(counts)") }
    }
}
