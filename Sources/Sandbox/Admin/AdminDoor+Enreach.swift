import Foundation

/// Adding and altering what stands in the simulated Enreach Cloud.
extension AdminDoor {
    /// An event to add, with everything but the numbers and the user left to defaults.
    private struct NewCall: Decodable {
        var callID: UUID?
        var aNumber: String?
        var bNumber: String?
        var start: Date?
        var inbound: Bool?
        var answered: Bool?
        var duration: Int?
        var ringing: Int?
        var callType: String?
        var userID: UUID?
        var userName: String?
        var recordingIDs: [UUID]?
        var transcriptIDs: [UUID]?
        var answerQueueID: UUID?
        var privacy: String?
        var modified: Date?
    }

    private struct Calls: Decodable {
        var add: [NewCall]?
        var serviceCalls: [ServiceCallRecord]?
        var alter: [Alteration]?
    }

    private struct Alteration: Decodable {
        var callID: UUID
        var userID: UUID?
        var privacy: String?
        var duration: Int?
        var answered: Bool?
        var recordingIDs: [UUID]?
        var transcriptIDs: [UUID]?
        var modified: Date?
    }

    private struct Changed: Encodable {
        var added: [UUID?]
        var altered: Int
    }

    private struct Settings: Codable {
        var visibleAfter: Double?
        var account: EnreachAccount?
    }

    func enreach(_ request: AdminRequest, _ path: [String]) throws -> SandboxResponse {
        switch (request.method, path) {
        case ("POST", ["calls"]): return try changeCalls(request)
        case ("GET", ["calls"]):
            guard let id = request.parameters["callid"].flatMap({ UUID(uuidString: $0) }) else {
                throw AdminFailure(400, "name a call with callid=")
            }
            return Self.json(server.enreach.events(ofCall: id))
        case ("GET", ["callbacks"]): return try callbacks(request)
        case ("POST", ["callbacks"]): return try changeCallbacks(request)
        case ("GET", ["callback-lists"]): return Self.json(server.enreach.callbackLists)
        case ("POST", ["callback-lists"]): return try setCallbackLists(request)
        case ("GET", ["users"]): return Self.json(server.enreach.users)
        case ("GET", ["queues"]): return Self.json(server.enreach.queues)
        case ("GET", ["webhooks"]): return Self.json(server.webhooks.figures)
        case ("POST", ["webhooks"]):
            server.webhooks.target = try request.decode(WebhookTarget.self)
            return Self.json(server.webhooks.figures)
        case ("DELETE", ["webhooks"]):
            server.webhooks.target = nil
            return Self.json(server.webhooks.figures)
        case (_, ["routing"]): return try smartRouting(request)
        case ("GET", ["settings"]): return settings()
        case ("POST", ["settings"]):
            let change = try request.decode(Settings.self)
            if let seconds = change.visibleAfter { server.enreach.visibleAfter = seconds }
            if let account = change.account { server.enreach.account = account }
            return settings()
        default: throw AdminFailure(404, "no such address; docs/sandbox.md lists them")
        }
    }

    private func settings() -> SandboxResponse {
        Self.json(Settings(visibleAfter: server.enreach.visibleAfter, account: server.enreach.account))
    }

    private func changeCalls(_ request: AdminRequest) throws -> SandboxResponse {
        let calls = try request.decode(Calls.self)
        let events = (calls.add ?? []).map(event)
        server.enreach.add(events)
        server.enreach.add(calls.serviceCalls ?? [])
        let queues = server.enreach.queues
        for event in events { server.webhooks.callEnded(event, queue: queues.first { $0.id == event.answerQueueID }) }
        var altered = 0
        for alteration in calls.alter ?? [] {
            altered += server.enreach.alter(call: alteration.callID, user: alteration.userID, at: alteration.modified) { event in
                if let privacy = alteration.privacy { event.privacy = privacy }
                if let duration = alteration.duration { event.duration = duration }
                if let answered = alteration.answered { event.answered = answered }
                if let ids = alteration.recordingIDs { event.recordingIDs = ids }
                if let ids = alteration.transcriptIDs { event.transcriptIDs = ids }
            }
        }
        return Self.json(Changed(added: events.map(\.callID), altered: altered))
    }

    private func event(_ new: NewCall) -> CallEventRecord {
        let duration = new.duration ?? 60
        let now = server.enreachClock.now
        return CallEventRecord(
            callID: new.callID ?? UUID(), aNumber: new.aNumber, bNumber: new.bNumber,
            start: new.start ?? now - Double(max(duration, 0) + 5), inbound: new.inbound ?? true,
            answered: new.answered ?? true, duration: duration, ringing: new.ringing ?? 5,
            callType: new.callType ?? "DirectCall", userID: new.userID, userName: new.userName,
            recordingIDs: new.recordingIDs ?? [], transcriptIDs: new.transcriptIDs ?? [], answerQueueID: new.answerQueueID,
            privacy: new.privacy ?? "Work", modified: new.modified ?? now)
    }
}
