import Foundation
import Sandbox
import Testing

@testable import Enreach

@Suite("Callback requests against a simulated Enreach Cloud")
struct CallbackClientTests {
    static let list = CallbackListRecord(id: UUID(), name: "Support")

    func record(_ number: String?, created: Date) -> CallbackRecord {
        CallbackRecord(
            id: UUID(), list: Self.list, callID: UUID(), number: number, created: created, due: created + 3600,
            recordingIDs: [UUID()], note: "after \"lunch\"")
    }

    @Test("Lists and open requests are read whole")
    func read() async throws {
        try await SimulatedCloudTests().served { sandbox, client in
            sandbox.enreach.set(callbackLists: [Self.list, CallbackListRecord(id: UUID(), name: "Old", deleted: true)])
            let created = Date(timeIntervalSince1970: sandbox.clock.now.timeIntervalSince1970.rounded(.down) - 60)
            let record = record("anonymous", created: created)
            sandbox.enreach.add([record])
            let lists = try await client.callbackLists()
            #expect(lists.map(\.id) == sandbox.enreach.callbackLists.map(\.id))
            #expect(lists.map(\.isDeleted) == [false, true])
            let read = try #require(try await client.waitingCallbacks(list: Self.list.id, createdAfter: created).first)
            #expect(read.id == record.id && read.listID == Self.list.id && read.listName == "Support")
            #expect(read.number == "anonymous" && read.callID == record.callID && read.note == record.note)
            #expect(read.created == created && read.due == record.due && read.state == .open)
            #expect(read.recordingIDs == record.recordingIDs && read.unreadable.isEmpty)
            #expect(try await client.waitingCallbacks(list: Self.list.id, createdAfter: created + 1).isEmpty)
            #expect(try await client.callback(id: UUID()) == nil)
        }
    }

    @Test("A close may be repeated and tells how the request ended first")
    func close() async throws {
        try await SimulatedCloudTests().served { sandbox, client in
            sandbox.enreach.set(callbackLists: [Self.list])
            let record = record("+358501234567", created: sandbox.clock.now)
            sandbox.enreach.add([record])
            let closed = try #require(try await client.closeCallback(id: record.id, as: .takenOver))
            #expect(closed.state == .closed && closed.result == "ClosedByIntegration" && closed.closed != nil)
            #expect(try await client.closeCallback(id: record.id, as: .success)?.result == "ClosedByIntegration")
            #expect(try await client.callbacks(list: Self.list.id, modifiedAfter: record.modified).count == 1)
            #expect(try await client.closeCallback(id: UUID(), as: .success) == nil)
        }
    }

    @Test("A refused close is no failure of the moment")
    func refused() async throws {
        try await SimulatedCloudTests().served { sandbox, client in
            sandbox.enreach.set(callbackLists: [Self.list])
            let record = record("+358501234567", created: sandbox.clock.now)
            sandbox.enreach.add([record])
            sandbox.faults.replace(with: [Fault(.refuseClose, on: .enreach)])
            let error = await #expect(throws: EnreachError.self) {
                try await client.closeCallback(id: record.id, as: .takenOver)
            }
            #expect(error?.code == .badRequest && error?.status == 409)
        }
    }

    @Test("What the vendor does not take is not asked for again and again")
    func allocatedRefused() async throws {
        let words = try RequestMap(overrides: [RequestName.allocatedState.rawValue: "Nonsense"])
        try await SimulatedCloudTests().served(configured: { $0.requests = words }) { sandbox, client in
            sandbox.enreach.set(callbackLists: [Self.list])
            let record = record("+358501234567", created: sandbox.clock.now)
            sandbox.enreach.add([record])
            // Counts requests.
            sandbox.faults.replace(with: [Fault(.slow, on: .enreach, seconds: 0, path: "allback")])
            for count in [2, 3, 4] {
                let read = try await client.waitingCallbacks(list: Self.list.id, createdAfter: record.created - 60)
                #expect(read.map(\.id) == [record.id])
                #expect(sandbox.faults.struck["enreach.slow"] == count)
            }
        }
    }

    @Test("A webhook's item is read under its own name for the id")
    func itemOfWebhook() throws {
        let id = UUID()
        let request = try AnswerDecoder(.standard).object(
            CallbackRequest.self, from: Array(#"{"CallbackListItemId":"\#(id)","State":1,"PhoneNumber":"+358"}"#.utf8))
        #expect(request.id == id && request.state == .allocated && request.number == "+358")
    }
}
