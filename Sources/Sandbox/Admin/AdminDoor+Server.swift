import Foundation

/// Clock, faults, reset and the overview.
extension AdminDoor {
    private struct Status: Encodable {
        var addresses: SandboxAddresses
        var seed: UInt64
        var clock: ClockFigures
        var faults: [Fault]
        var struck: [String: Int]
        var requests: [String: Int]
        var callEvents: Int
        var changesLeft: Int
    }

    private struct ClockFigures: Encodable {
        var now: Date
        var elapsed: Double
        var speed: Double
        var bound: Bool
        var enreachSkew: Double
        var dataverseSkew: Double
    }

    private struct ClockChange: Decodable {
        /// Stop the wall clock at this instant.
        var bind: Date?
        /// Let it run on.
        var release: Bool?
        /// Set it without stopping it.
        var set: Date?
        /// Seconds forward.
        var advance: Double?
        var speed: Double?
        /// Seconds by which a vendor's clock is ahead.
        var enreachSkew: Double?
        var dataverseSkew: Double?
    }

    private struct FaultSetting: Decodable {
        var faults: [Fault]
        /// Add to what is switched on in place of replacing it.
        var add: Bool?
        var seed: UInt64?
    }

    private struct Outage: Decodable {
        var side: FaultSide
        /// Real seconds.
        var seconds: Double
    }

    func status() -> SandboxResponse {
        Self.json(
            Status(
                addresses: server.addresses, seed: server.configuration.seed, clock: clockFigures(), faults: server.faults.faults,
                struck: server.faults.struck, requests: server.requests.figures(last: 0).bySide,
                callEvents: server.enreach.callEventCount, changesLeft: server.stage.changesLeft))
    }

    func scenario() -> SandboxResponse {
        guard let request = server.stage.request else { return Self.json([String: String]()) }
        return Self.json(
            ScenarioSummary(request: request, script: server.stage.script, changesLeft: server.stage.changesLeft))
    }

    func reset() -> SandboxResponse {
        server.stage.reset()
        server.requests.reset()
        server.faults.replace(with: [])
        return status()
    }

    func clock() -> SandboxResponse { Self.json(clockFigures()) }

    func changeClock(_ request: AdminRequest) throws -> SandboxResponse {
        let change = try request.decode(ClockChange.self)
        let clock = server.clock
        if let speed = change.speed { clock.run(atSpeed: speed) }
        if let instant = change.set { clock.set(to: instant) }
        if let instant = change.bind { clock.bind(at: instant) }
        if let seconds = change.advance { clock.advance(by: seconds) }
        if change.release == true { clock.release() }
        if let skew = change.enreachSkew { server.enreachClock.skew = skew }
        if let skew = change.dataverseSkew { server.dataverseClock.skew = skew }
        return self.clock()
    }

    func faultList() -> SandboxResponse {
        struct Answer: Encodable {
            var faults: [Fault]
            var struck: [String: Int]
        }
        return Self.json(Answer(faults: server.faults.faults, struck: server.faults.struck))
    }

    func setFaults(_ request: AdminRequest) throws -> SandboxResponse {
        let setting = try request.decode(FaultSetting.self)
        if setting.add == true {
            for fault in setting.faults { server.faults.add(fault) }
        } else {
            server.faults.replace(with: setting.faults, seed: setting.seed)
        }
        return faultList()
    }

    func clearFaults() -> SandboxResponse {
        server.faults.replace(with: [])
        return faultList()
    }

    func outage(_ request: AdminRequest) throws -> SandboxResponse {
        let outage = try request.decode(Outage.self)
        server.outage(of: outage.side, seconds: outage.seconds)
        return status()
    }

    func forgetRequests() -> SandboxResponse {
        server.requests.reset()
        return Self.json(server.requests.figures(last: 0))
    }

    private func clockFigures() -> ClockFigures {
        ClockFigures(
            now: server.clock.now, elapsed: server.clock.elapsed, speed: server.clock.speed, bound: server.clock.isBound,
            enreachSkew: server.enreachClock.skew, dataverseSkew: server.dataverseClock.skew)
    }
}
