import AsyncHTTPClient
import Foundation
import Logging
import Sandbox
import Testing

@testable import Enreach

@Suite("The client against a simulated Enreach Cloud")
struct SimulatedCloudTests {
    static let user = UUID()

    func served(
        configured: (inout EnreachConfiguration) -> Void = { _ in }, _ use: (SandboxServer, EnreachClient) async throws -> Void
    ) async throws {
        var configuration = SandboxConfiguration()
        configuration.enreach.visibleAfter = 0
        let sandbox = try await SandboxServer.start(configuration)
        let account = sandbox.configuration.enreach.account
        var own = EnreachConfiguration(
            address: .discovery(url: sandbox.addresses.enreachDiscovery), username: account.userName,
            credential: .secretKey(account.secretKey))
        own.retry = EnreachClientTests.fast
        configured(&own)
        let client = EnreachClient(configuration: own, http: EnreachClientTests.http, logger: Logger(label: "test"))
        let result: Result<Void, any Error>
        do { result = .success(try await use(sandbox, client)) } catch { result = .failure(error) }
        await sandbox.stop()
        try result.get()
    }

    func event(_ call: UUID?, start: Date?, modified: Date, privacy: String = "Work") -> CallEventRecord {
        CallEventRecord(
            callID: call, aNumber: "+358501234567", bNumber: "+35891234", start: start, inbound: true, duration: 61,
            userID: Self.user,
            userName: "agent@demo.example", recordingIDs: [Self.user], privacy: privacy, modified: modified)
    }

    @Test("Calls are found by address discovery, key and window, and read whole")
    func calls() async throws {
        try await served { sandbox, client in
            let call = UUID()
            let modified = sandbox.clock.now.addingTimeInterval(-60)
            let start = modified.addingTimeInterval(-100.25)
            sandbox.enreach.add([event(call, start: start, modified: modified, privacy: "Private")])
            let listing = try await client.calls(
                modifiedAfter: modified.addingTimeInterval(-90 * 86400), modifiedBefore: modified.addingTimeInterval(1))
            let read = try #require(listing.first)
            #expect(listing.count == 1 && listing.malformed.isEmpty && read.unreadable.isEmpty)
            #expect(read.callID == call && read.userID == Self.user && read.userName == "agent@demo.example")
            #expect(abs(try #require(read.start).timeIntervalSince(start)) < 0.01)
            #expect(abs(try #require(read.modified).timeIntervalSince(modified)) < 0.01)
            #expect(read.direction == .inbound && read.answered == true && read.duration == 61 && read.ringing == 5)
            #expect(read.privacy == .private && read.recordingIDs == [Self.user])
            #expect(try await client.call(id: call).count == 1)
            #expect(try await client.call(id: UUID()).isEmpty)
            #expect(try await client.calls(startedAfter: start, startedBefore: start).count == 1)
            #expect(try await client.recording(id: Self.user).url?.hasPrefix(sandbox.addresses.enreach) == true)
        }
    }

    @Test("A password works in place of the key, and a wrong one is refused in plain words")
    func password() async throws {
        try await served { sandbox, _ in
            let account = sandbox.configuration.enreach.account
            func client(_ password: String) -> EnreachClient {
                EnreachClient(
                    configuration: EnreachConfiguration(
                        address: .api(url: sandbox.addresses.enreach), username: account.userName, credential: .password(password)
                    ),
                    http: EnreachClientTests.http, logger: Logger(label: "test"))
            }
            _ = try await client(account.password).me()
            let error = await #expect(throws: EnreachError.self) { _ = try await client("wrong").me() }
            #expect(error?.code == .unauthorized)
        }
    }

    @Test("A key that was changed is read again without a restart")
    func rotation() async throws {
        try await served { sandbox, _ in
            let account = sandbox.enreach.account
            let client = EnreachClient(
                configuration: EnreachConfiguration(address: .api(url: sandbox.addresses.enreach), username: account.userName) {
                    .secretKey(sandbox.enreach.account.secretKey)
                }, http: EnreachClientTests.http, logger: Logger(label: "test"))
            _ = try await client.users()
            sandbox.enreach.account.secretKey = "another"
            _ = try await client.users()
        }
    }

    @Test("Users, queues and service calls are read")
    func people() async throws {
        try await served { sandbox, client in
            let modified = sandbox.clock.now.addingTimeInterval(-60)
            let user = #"""
                {"id":"\#(Self.user)","userName":"agent@demo.example","email":"agent@elsewhere.example",
                 "firstName":"Å","lastName":"B","workNumber":"+35891"}
                """#
            let queue = #"{"id":"\#(Self.user)","name":"Sales","typeID":4,"numbers":["+35892"],"live":false}"#
            sandbox.enreach.set(
                users: [try JSONDecoder().decode(EnreachUserRecord.self, from: Data(user.utf8))],
                queues: [try JSONDecoder().decode(EnreachQueueRecord.self, from: Data(queue.utf8))])
            sandbox.enreach.add([
                ServiceCallRecord(
                    serviceCallID: UUID(), callID: Self.user, queueName: nil, queueID: Self.user, queueNumber: "+35892",
                    aNumber: "+1",
                    bNumber: "+2", start: modified, duration: 5, userID: nil, userName: nil, modified: modified)
            ])
            let someone = try #require(try await client.users().first { $0.id == Self.user })
            #expect(
                someone.email == "agent@elsewhere.example" && someone.firstName == "Å" && someone.workNumber == "+35891"
                    && someone.mobileNumber == nil)
            let sales = try #require(try await client.queues().first { $0.id == Self.user })
            #expect(sales.name == "Sales" && sales.typeID == 4 && sales.numbers == ["+35892"])
            let call = try #require(try await client.serviceCalls(modifiedAfter: modified, modifiedBefore: modified).first)
            #expect(call.callID == Self.user && call.queueName == nil && call.queueNumber == "+35892" && call.duration == 5)
        }
    }

    @Test(
        "Trouble that passes does not show",
        arguments: [FaultKind.refuse, .cutBefore, .cutAfter, .status500, .status502, .status503, .status504, .truncate, .garbage])
    func faults(kind: FaultKind) async throws {
        try await served { sandbox, client in
            let modified = sandbox.clock.now.addingTimeInterval(-60)
            sandbox.enreach.add([event(UUID(), start: modified, modified: modified)])
            sandbox.faults.add(Fault(kind, on: .enreach, times: 1))
            let listing = try await client.calls(modifiedAfter: modified, modifiedBefore: modified)
            #expect(listing.count == 1)
            #expect(sandbox.faults.struck.values.reduce(0, +) == 1)
        }
    }

    @Test("Bad data from the vendor comes through as nothing, not as a failure")
    func badData() async throws {
        try await served { sandbox, client in
            let modified = sandbox.clock.now.addingTimeInterval(-60)
            var odd = event(nil, start: nil, modified: modified)
            odd.aNumber = "anonymous"
            odd.bNumber = String(repeating: "9", count: 40)
            odd.duration = -5
            sandbox.enreach.add([odd])
            let read = try #require(try await client.calls(modifiedAfter: modified, modifiedBefore: modified).first)
            #expect(
                read.callID == nil && read.start == nil && read.aNumber == "anonymous" && read.bNumber?.count == 40
                    && read.duration == -5)
        }
    }
}
