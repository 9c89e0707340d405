import FoundationEssentials
import Model
import Sandbox
import TestSupport
import Testing

@testable import CallSync

/// Direct calls through a user's own work number: Enreach shows them among the queues' calls, too, and they are work only when the user says so.
@Suite(.database, .timeLimit(.minutes(2))) struct DirectCallTests {
    private static let workNumber = UUID(uuidString: "30000000-0000-4000-8000-0000000000a1")!

    /// The leg of a queue for a call of Ann's.
    private func throughQueue(_ hub: TestHub, _ call: UUID, _ queue: UUID?, name: String?) {
        hub.sandbox.enreach.add([
            ServiceCallRecord(
                serviceCallID: UUID(), callID: call, queueName: name, queueID: queue, queueNumber: TestHub.annsNumber,
                aNumber: TestHub.customer, bNumber: TestHub.annsNumber, start: hub.now.addingTimeInterval(-120), duration: 60,
                userID: TestHub.ann, userName: "ann@demo.example", modified: hub.now.addingTimeInterval(-50))
        ])
    }

    @Test(
        "An unclassified direct call through a work number does not leave",
        arguments: [(1, "Ann"), (2, "Ann"), (2, nil), (nil, nil)] as [(Int?, String?)])
    func unclassified(type: Int?, name: String?) async throws {
        try await TestHub.with { hub in
            if let type {
                let own = EnreachQueueRecord(
                    id: Self.workNumber, name: "Ann", typeID: type, numbers: [TestHub.annsNumber], live: false)
                hub.sandbox.enreach.set(users: hub.sandbox.enreach.users, queues: hub.sandbox.enreach.queues + [own])
            }
            let call = hub.call(privacy: "Undefined")
            throughQueue(hub, call, type == nil ? nil : Self.workNumber, name: name)
            try await hub.sync()
            #expect(try await hub.state(call) == "skipped(unclassified)")
            #expect(hub.sandbox.dataverse.phoneCalls().isEmpty)
            // Classed as work later, it comes in.
            hub.sandbox.enreach.alter(call: call) { $0.privacy = "Work" }
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
        }
    }

    @Test("A call through a service queue is work, whether the queue has a name or not", arguments: ["Support", nil])
    func service(name: String?) async throws {
        try await TestHub.with { hub in
            let call = hub.call(privacy: "Undefined")
            throughQueue(hub, call, TestHub.queue, name: name)
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
        }
    }

    @Test func aPrivateDirectCallStaysPrivate() async throws {
        try await TestHub.with { hub in
            let call = hub.call(privacy: "Private")
            throughQueue(hub, call, TestHub.queue, name: "Support")
            try await hub.sync()
            #expect(try await hub.state(call) == "skipped(private)")
        }
    }
}
