import Foundation
import Sandbox
import Testing

@Suite struct CallbackTests {
    private static let list = UUID(uuidString: "aaaaaaaa-0000-4000-8000-000000000001")!

    /// A sandbox with one callback list that shows things at once.
    private func withList(_ body: (SandboxUnderTest) async throws -> Void) async throws {
        try await withSandbox({ $0.enreach.visibleAfter = 0 }) { sandbox in
            sandbox.server.enreach.set(callbackLists: [CallbackListRecord(id: Self.list, name: "Support")])
            try await body(sandbox)
        }
    }

    private func add(_ sandbox: SandboxUnderTest, _ members: String = "") async throws -> String {
        let answer = try await sandbox.admin(
            "POST", "/enreach/callbacks", #"{"add":[{"listID":"\#(Self.list)","number":"+358501111111"\#(members)}]}"#)
        return try #require((answer.object["added"] as? [String])?.first).lowercased()
    }

    private func put(_ sandbox: SandboxUnderTest, _ id: String, _ body: String) async throws -> SandboxUnderTest.Answer {
        let key = Data("integration@demo.example:demo-secret-key".utf8).base64EncodedString()
        return try await sandbox.send(
            "PUT", sandbox.server.addresses.enreach + "/callbacks/\(id)",
            headers: ["Authorization": "Basic \(key)", "X-Json-Serializer": "2"], body: body)
    }

    @Test func `Lists and their open requests are shown, closed ones only when asked for`() async throws {
        try await withList { sandbox in
            let open = try await add(sandbox)
            _ = try await add(sandbox, #","state":"Closed""#)
            let lists = try await sandbox.enreach("/callbacks/lists/")
            #expect(lists.array.map { $0["Name"] as? String } == ["Support"])
            let shown = try await sandbox.enreach("/callbacks?CallbackListId=\(Self.list)&State=open")
            #expect(shown.array.map { $0["Id"] as? String } == [open])
            #expect(shown.array.first?["ANum"] as? String == "+358501111111")
            let all = try await sandbox.enreach("/callbacks?CallbackListId=\(Self.list)&CreatedAfter=2020-01-01+00:00:00")
            #expect(all.array.count == 2)
        }
    }

    @Test func `A close counts once, and may be refused`() async throws {
        try await withList { sandbox in
            let id = try await add(sandbox)
            sandbox.server.faults.replace(with: [Fault(.refuseClose, on: .enreach, times: 1)])
            #expect(try await put(sandbox, id, #"{"State":"Closed","Result":"ClosedByIntegration"}"#).status == 409)
            let closed = try await put(sandbox, id, #"{"State":"Closed","Result":"ClosedByIntegration"}"#)
            #expect(closed.object["Result"] as? String == "ClosedByIntegration")
            let again = try await put(sandbox, id, #"{"State":"Closed","Result":"Busy"}"#)
            #expect(again.status == 200)
            #expect(again.object["Result"] as? String == "ClosedByIntegration")
        }
    }

    @Test func `What expires is closed by then`() async throws {
        try await withList { sandbox in
            let id = try await add(sandbox, #","expires":"2020-01-01T00:00:00Z""#)
            let answer = try await sandbox.enreach("/callbacks/\(id)")
            #expect(answer.object["State"] as? String == "Closed")
            #expect(answer.object["Result"] as? String == "Expired")
        }
    }

    @Test func `A list that is gone is not found`() async throws {
        try await withList { sandbox in
            let gone = try await sandbox.enreach("/callbacks?CallbackListId=\(UUID())&State=Open")
            let open = try await sandbox.enreach("/callbacks")
            #expect(gone.status == 404 && open.status == 400)
        }
    }

    @Test func `The scenario's requests are missing until somebody writes them`() async throws {
        try await withSandbox({ $0.scenario = ScenarioRequest(.callbacks, callbacks: 200) }) { sandbox in
            let verdict = sandbox.server.stage.callbackVerdict()
            #expect(verdict.callbacks == 200)
            #expect(verdict.due == 200)
            #expect(verdict.expected > 150)
            #expect(verdict.missing == verdict.expected)
            #expect(verdict.duplicates == 0)
            #expect(!verdict.clean)
            let kinds = Set(sandbox.server.stage.callbackExpectations.map(\.kind))
            #expect(kinds == ["plain", "repeated", "withheld", "no-profile", "over"])
        }
    }

    @Test func `Of a list that is never polled, only what came before anybody could be told may be caught up with`() async throws
    {
        try await withSandbox({ $0.scenario = ScenarioRequest(.callbacks, callbacks: 200, webhookOnly: true) }) { sandbox in
            let stage = sandbox.server.stage
            let written = stage.callbackExpectations.filter { $0.state != .untouched }.map(\.listID)
            let early = try #require(
                stage.callbackExpectations.first { $0.kind == "plain" && !written.contains($0.listID) }, "nobody was told yet")
            #expect(early.state == .untouched)
            // The hub starts, and finds it.
            _ = try sandbox.server.dataverse.seed(
                "phonecalls", [.object(JSONObject(["enr_callbackid": .string(early.id.uuidString.lowercased())]))])
            func expected() -> CallbackExpectation.State? { stage.callbackExpectations.first { $0.id == early.id }?.state }
            #expect(expected() == .written)
            _ = try await sandbox.admin(
                "POST", "/enreach/webhooks", #"{"endpoint":"http://127.0.0.1:9/","secret":"shared"}"#)
            #expect(expected() == .written, "it came before the address")
        }
        try await withSandbox({
            $0.scenario = ScenarioRequest(.callbacks, callbacks: 200, webhookOnly: true)
            $0.enreach.webhook = WebhookTarget(endpoint: "http://127.0.0.1:9/", secret: "shared")
            // The morning is still to come when the address is set.
            $0.scenario?.mode = .live
        }) { sandbox in
            let stage = sandbox.server.stage
            let told = stage.callbackExpectations.filter { $0.state != .untouched }.map(\.listID)
            let untold = try #require(stage.callbackExpectations.first { $0.kind == "plain" && !told.contains($0.listID) })
            _ = try sandbox.server.dataverse.seed(
                "phonecalls", [.object(JSONObject(["enr_callbackid": .string(untold.id.uuidString.lowercased())]))])
            #expect(stage.callbackExpectations.first { $0.id == untold.id }?.state == .untouched, "its webhook did not come")
        }
    }
}
