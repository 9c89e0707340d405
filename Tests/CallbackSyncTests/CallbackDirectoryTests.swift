import FoundationEssentials
import Jobs
import Model
import Postgres
import Sandbox
import TestSupport
import Testing

@testable import CallbackSync

/// Callback requests and the directory: whom they are with, and who says so.
@Suite(.database, .timeLimit(.minutes(5))) struct CallbackDirectoryTests {
    static let dora = UUID(uuidString: "20000000-0000-4000-8000-0000000000d0")!
    static let dirk = UUID(uuidString: "20000000-0000-4000-8000-0000000000d1")!

    @Test func whoeverHasTheNumberInTheDirectoryIsWhomItRegards() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.add(Self.dora, "Dora")
            try await hub.profile()
            let (known, unknown) = (hub.request(), hub.request("+4670111111"))
            try await hub.sync()
            #expect(try hub.record(known)["regardingobjectid"].string == Self.dora.lowercase)
            #expect(try hub.record(known)["subject"].string == "Callback request from Dora")
            #expect(try hub.record(unknown)["regardingobjectid"].string == nil)
            #expect(try await hub.column("regarding_id", of: known) == Self.dora.lowercase)
        }
    }

    @Test func untilTheDirectoryIsCompleteDynamicsIsAsked() async throws {
        try await CallbackHub.with { hub in
            // Two share a number, and only one of them is loaded yet; of another number the one who has it is not.
            let other = "+358501239999"
            try await hub.add(Self.dora, "Dora")
            try hub.seed(Self.dirk, "Dirk", numbers: [CallbackHub.number, other])
            try await hub.profile()
            let (shared, own) = (hub.request(), hub.request(other))
            try await hub.sync()
            #expect(try hub.record(shared)["regardingobjectid"].string == nil)
            #expect(try hub.record(own)["regardingobjectid"].string == Self.dirk.lowercase)
            #expect(try hub.record(own)["subject"].string == "Callback request from Dirk")
        }
    }

    @Test func aRequestWaitsUntilDynamicsSaysWhoseItIs() async throws {
        try await CallbackHub.with { hub in
            try hub.seed(Self.dora, "Dora")
            try await hub.profile()
            try await hub.run(CallbackJobs.poll)
            hub.sandbox.faults.replace(with: [Fault(.garbage, on: .dataverse, path: "$batch", times: 1)])
            let id = hub.request()
            try await hub.run(CallbackJobs.poll)
            try await eventually(within: .seconds(30), "it is written") {
                try await hub.hurry()
                return try await hub.state(id) == "written"
            }
            #expect(try hub.record(id)["regardingobjectid"].string == Self.dora.lowercase)
        }
    }

    @Test func ofSeveralTheOneWhomThePhoneCallsOwnerLooksAfterIsMeant() async throws {
        try await CallbackHub.with { hub in
            try await hub.directory.complete()
            try await hub.add(Self.dora, "Dora", owner: CallbackHub.ann)
            try await hub.add(Self.dirk, "Dirk", owner: CallbackHub.bob)
            try await hub.profile(ownership: "queue_owner")
            let id = hub.request()
            try await hub.sync()
            #expect(try hub.record(id)["regardingobjectid"].string == Self.dora.lowercase)
        }
    }
}

extension CallbackHub {
    var directory: StoredDirectory { StoredDirectory(database, tenant: tenant) }

    /// A contact of Dynamics.
    func seed(_ id: UUID, _ name: String, numbers: [String] = [number]) throws {
        let (first, second) = (numbers.first, numbers.dropFirst().first)
        try sandbox.dataverse.seed(
            "contacts",
            [
                [
                    "contactid": .string(id.lowercase), "lastname": .string(name),
                    "telephone1": first.map(JSON.string) ?? .null, "mobilephone": second.map(JSON.string) ?? .null,
                ]
            ])
    }

    /// A contact of Dynamics that is in the directory, too.
    func add(_ id: UUID, _ name: String, _ number: String = number, owner: UUID? = nil) async throws {
        try seed(id, name, numbers: [number])
        try await directory.add(id, name, number, owner: owner)
    }
}
