import Foundation
import Postgres

/// One measured run: a pile of finished calls, and the time until the last of them stands in Dynamics.
struct CallRun: Sendable {
    /// What the sandbox computes from its own windows.
    struct Limits: Decodable, Sendable {
        let requests: Int
        let throttled: Int
        /// Execution time that ran.
        let usedSeconds: Double
        /// It, of what the windows admit in the long run.
        let admissionRatio: Double
        /// The same, of the most that any client could have got by filling every window in one burst.
        let burstRatio: Double
        let throttledRatio: Double
    }

    struct Figures: Sendable {
        var seconds: Double
        var instanceMilliseconds: Double
        var postgresMilliseconds: Double
        var sandboxMilliseconds: Double
        var requests: RequestFigures
        var limits: Limits
        var verdict: Verdict
    }

    let calls: Int
    /// Instances of `call-sync`.
    let instances: Int
    /// Further arguments of `sandbox serve`.
    let sandbox: [String]
    /// Further lines of the tenant's `dynamics` part.
    let dynamics: String
    let terminal: Terminal

    func measure() async throws -> Figures {
        var raising = RehearsedHub.Options()
        raising.sandboxArguments = ["--scenario", "bulk", "--calls", "\(calls)", "--visible-after", "0"] + sandbox
        raising.dynamicsConfiguration = dynamics
        raising.postgresSettings = ["shared_buffers": "1GB", "max_wal_size": "4GB"]
        return try await RehearsedHub.use(raising, tell: { [terminal] in terminal.say($0) }) { try await measure($0) }
    }

    private func measure(_ hub: RehearsedHub) async throws -> Figures {
        let postgresBefore = ProcessorTime.milliseconds(ofTree: hub.postgresProcess)
        let sandboxBefore = ProcessorTime.milliseconds(of: hub.sandboxProcess)
        let clock = ContinuousClock()
        let started = clock.now
        for _ in 0..<instances { try hub.startInstance() }
        try await finish(hub, since: started)
        let took = started.duration(to: clock.now)

        return Figures(
            seconds: took / .seconds(1),
            instanceMilliseconds: hub.allInstances.map { ProcessorTime.milliseconds(of: $0.identifier) }.reduce(0, +),
            postgresMilliseconds: ProcessorTime.milliseconds(ofTree: hub.postgresProcess) - postgresBefore,
            sandboxMilliseconds: ProcessorTime.milliseconds(of: hub.sandboxProcess) - sandboxBefore,
            requests: try await hub.door.get("/admin/requests?last=0"),
            limits: try await hub.door.get("/admin/limits"),
            verdict: try await hub.door.get("/admin/verdict"))
    }

    private func finish(_ hub: RehearsedHub, since started: ContinuousClock.Instant) async throws {
        let clock = ContinuousClock()
        let deadline = started + .seconds(1800)
        while clock.now < deadline {
            try await clock.sleep(for: .milliseconds(250))
            let written = try await hub.database.query(Self.written).first?[0].decode(Int64.self) ?? 0
            let seconds = started.duration(to: clock.now) / .seconds(1)
            terminal.show("\(written) of \(calls) calls, \(Int(Double(written) / seconds)) a second")
            if written >= Int64(calls) { return }
        }
        throw RehearsalError("the calls were not through within half an hour")
    }

    private static let written = Statement(
        "rehearsal_written", "SELECT count(*) FROM hub.call WHERE state IN ('written', 'adopted')")
}
