import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Runtime

@Suite("The gate before a program's services")
struct StartGateTests {
    let readiness = Readiness()
    let logger = Logger(label: "t") { _ in SwiftLogNoOpLogHandler() }

    struct Down: Error, CustomStringConvertible { let description = "nobody answers" }

    final class Probe: Service {
        let running = SharedFlag()
        func run() async throws {
            running.value = true
            try? await gracefulShutdown()
        }
    }

    func group(_ gate: StartGate, _ probe: Probe) -> ServiceGroup {
        ServiceGroup(services: [gate, gate.holding(probe)], logger: logger)
    }

    @Test("Services wait until the check passes, and readiness says what is missing")
    func opens() async throws {
        let probe = Probe()
        let up = SharedFlag()
        let gate = StartGate("database", readiness: readiness, logger: logger) { if !up.value { throw Down() } }
        let group = group(gate, probe)
        async let done: Void = group.run()
        try await eventually("the reason shows") { readiness["database"]?.text.contains("nobody answers") == true }
        #expect(readiness["database"]?.state == .unready && !probe.running.value)
        up.value = true
        try await eventually("the service runs") { probe.running.value }
        #expect(readiness["database"]?.state == .ready)
        await group.triggerGracefulShutdown()
        try await done
    }

    @Test("A stop while the gate is closed ends everything, and nothing ran")
    func stopsClosed() async throws {
        let probe = Probe()
        let gate = StartGate("database", readiness: readiness, logger: logger) { throw Down() }
        let group = group(gate, probe)
        async let done: Void = group.run()
        try await eventually("it tried") { readiness["database"]?.text.contains("attempt") == true }
        await group.triggerGracefulShutdown()
        try await done
        #expect(!probe.running.value)
    }

    @Test("A refusal ends the program with its line and code")
    func refuses() async throws {
        let probe = Probe()
        let gate = StartGate("database", readiness: readiness, logger: logger) { throw GateRefusal("too\nold", exitCode: 69) }
        await #expect {
            try await group(gate, probe).run()
        } throws: {
            ($0 as? GateRefusal)?.description == "too old" && ($0 as? GateRefusal)?.exitCode == 69
        }
        #expect(!probe.running.value)
    }
}

final class SharedFlag: Sendable {
    private let flag = Atomic(false)
    var value: Bool {
        get { flag.load(ordering: .relaxed) }
        set { flag.store(newValue, ordering: .relaxed) }
    }
}
