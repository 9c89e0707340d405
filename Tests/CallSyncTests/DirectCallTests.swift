import FoundationEssentials
import Model
import Postgres
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

    /// The type of the work number as the hub keeps it, last shown so long ago.
    private func keep(_ hub: TestHub, type: Int32, shown ago: String) async throws {
        try await hub.database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.enreach_queue (tenant_id, queue_id, type_id, seen_at) VALUES ($1, $2, $3, now() - $4::text::interval)
                ON CONFLICT (tenant_id, queue_id) DO UPDATE SET type_id = excluded.type_id, seen_at = excluded.seen_at
                """), [hub.tenant, Self.workNumber, type, ago])
    }

    @Test(
        "While Enreach does not show its queues calls go on, and are judged by what is known", arguments: [nil, 2, 4] as [Int32?])
    func unshown(type: Int32?) async throws {
        try await TestHub.with { hub in
            hub.sandbox.faults.replace(with: [Fault(.status500, on: .enreach, path: "queues")])
            if let type { try await keep(hub, type: type, shown: "2 days") }
            let (plain, call) = (hub.call(from: "+358501239999"), hub.call(privacy: "Undefined"))
            throughQueue(hub, call, Self.workNumber, name: "Ann")
            try await hub.sync()
            #expect(hub.sandbox.faults.struck["enreach.status500"] ?? 0 > 0)
            #expect(try await hub.state(plain) == "written")
            // By its name it is a service queue, as long as nothing else is known.
            #expect(try await hub.state(call) == (type == 2 ? "skipped(unclassified)" : "written"))
        }
    }

    @Test func queuesThatAreNotShownInTimeAreDoneWithout() async throws {
        try await TestHub.with { hub in
            hub.sandbox.faults.replace(with: [Fault(.slow, on: .enreach, seconds: 120, path: "queues")])
            let call = hub.call()
            throughQueue(hub, call, TestHub.queue, name: "Support")
            try await hub.sync()
            #expect(try await hub.state(call) == "written")
            #expect(hub.sandbox.faults.struck["enreach.slow"] == 1)
        }
    }

    @Test func aTypeThatWasLearntHoldsOnEveryInstanceAndForAQueueThatIsDeleted() async throws {
        try await TestHub.with { hub in
            let own = EnreachQueueRecord(id: Self.workNumber, name: "Ann", typeID: 2, numbers: [TestHub.annsNumber], live: false)
            let others = hub.sandbox.enreach.queues
            hub.sandbox.enreach.set(users: hub.sandbox.enreach.users, queues: others + [own])
            let first = hub.call(privacy: "Undefined")
            throughQueue(hub, first, Self.workNumber, name: "Ann")
            try await hub.sync()
            #expect(
                try await hub.count("SELECT type_id FROM hub.enreach_queue WHERE queue_id = '\(Self.workNumber.lowercase)'") == 2)
            hub.sandbox.enreach.set(users: hub.sandbox.enreach.users, queues: others)
            try await keep(hub, type: 2, shown: "2 days")
            let second = hub.call(privacy: "Undefined")
            throughQueue(hub, second, Self.workNumber, name: "Ann")
            try await hub.sync()
            #expect(try await hub.state(second) == "skipped(unclassified)")
            // What it was longer ago than calls are kept is forgotten.
            try await keep(hub, type: 2, shown: "40 months")
            try await hub.run(JobKinds.housekeeping)
            #expect(
                try await hub.count("SELECT count(*) FROM hub.enreach_queue WHERE queue_id = '\(Self.workNumber.lowercase)'") == 0
            )
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
