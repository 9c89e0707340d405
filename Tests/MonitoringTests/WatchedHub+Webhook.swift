import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Postgres
import TestSupport
import Testing

@testable import Rehearsal

extension WatchedHub {
    /// From now on nobody polls or sweeps, so that only a webhook can bring a call in.
    func stopPolling() async throws {
        for (setting, value) in [("PollInterval", "3600"), ("SweepLookBack", "0"), ("DailySweepLookBack", "0")] {
            try await change(setting, value)
        }
        try await eventually("polling has ceased") {
            let rows = try await hub.database.query(Self.isQuiet)
            return try rows[0].decode(Bool.self)
        }
    }

    /// A finished call that Enreach shows from now on; its id.
    func makeCall() async throws -> UUID {
        struct Users: Decodable {
            let id: UUID
            let workNumber: String?
            let userName: String
        }
        struct Call: Encodable {
            let callID: UUID
            let aNumber = "+358501000011"
            let bNumber: String?
            let start: String
            let duration = 60
            let userID: UUID
            let userName: String
            let privacy = "Work"
        }
        struct Calls: Encodable {
            let add: [Call]
        }
        let user = try #require(try await hub.door.get("/admin/enreach/users", as: [Users].self).first)
        let call = Call(
            callID: UUID(), bNumber: user.workNumber,
            start: Date(timeIntervalSince1970: (Date().timeIntervalSince1970 - 120).rounded(.down)).formatted(.iso8601),
            userID: user.id, userName: user.userName)
        try await hub.door.post("/admin/enreach/calls", Calls(add: [call]))
        return call.callID
    }

    /// Tells an instance of the call, as Enreach does, within a trace if there is one.
    func tell(of call: UUID, trace: String? = nil) async throws {
        let instance = try #require(hub.instances(of: .callSync).first)
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(instance.port)/webhooks/enreach/\(RehearsedHub.tenant)")
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "X-Benemen-Token": SandboxCredentials.webhookSecret,
            "X-Benemen-Event": "UserCallInDisconnected",
        ]
        if let trace { request.headers.add(name: "traceparent", value: trace) }
        request.body = .bytes(
            ByteBuffer(
                string:
                    #"{"Id":"\#(UUID().uuidString)","CallId":"\#(call.uuidString.lowercased())","Timestamp":"\#(Date().formatted(.iso8601))"}"#
            ))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .accepted)
    }

    func state(of call: UUID) async throws -> String? {
        try await hub.database.query(Statement("", "SELECT state FROM hub.call WHERE call_id = $1"), [call]).first?[0]
            .decode(String.self)
    }

    private static let isQuiet = Statement(
        "",
        """
        SELECT coalesce((SELECT every = '1 hour' FROM hub.schedule WHERE name = 'calls.poll'), false)
            AND NOT EXISTS (
                SELECT FROM hub.jobs WHERE kind IN ('calls.poll', 'calls.sweep') AND state NOT IN ('done', 'cancelled'))
        """)
}
