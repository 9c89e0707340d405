import Foundation

/// Adding and altering callback lists and requests in the simulated Enreach Cloud.
extension AdminDoor {
    private struct NewCallback: Decodable {
        var id: UUID?
        var listID: UUID
        var number: String?
        var calledNumber: String?
        var queueID: UUID?
        var callID: UUID?
        var created: Date?
        var due: Date?
        var expires: Date?
        var recordingIDs: [UUID]?
        var note: String?
        var data: [String: String]?
        /// `Closed` for one that is over before anybody reads it.
        var state: CallbackRecord.State?
        var result: String?
    }

    private struct Alteration: Decodable {
        var id: UUID
        var number: String?
        var state: CallbackRecord.State?
        var result: String?
        var note: String?
        var due: Date?
    }

    private struct Change: Decodable {
        var add: [NewCallback]?
        var alter: [Alteration]?
    }

    private struct Changed: Encodable {
        var added: [UUID]
        var altered: Int
    }

    private struct Lists: Decodable {
        var lists: [CallbackListRecord]
    }

    func callbacks(_ request: AdminRequest) throws -> SandboxResponse {
        let list = request.parameters["list"].flatMap { UUID(uuidString: $0) }
        let state = request.parameters["state"]?.lowercased()
        return Self.json(
            server.enreach.callbacks.filter { callback in
                (list == nil || callback.listID == list) && (state == nil || callback.state.rawValue.lowercased() == state)
            })
    }

    /// Replaces the lists.
    func setCallbackLists(_ request: AdminRequest) throws -> SandboxResponse {
        server.enreach.set(callbackLists: try request.decode(Lists.self).lists)
        return Self.json(server.enreach.callbackLists)
    }

    func changeCallbacks(_ request: AdminRequest) throws -> SandboxResponse {
        let change = try request.decode(Change.self)
        let added = try (change.add ?? []).map(record)
        server.enreach.add(added)
        let altered = (change.alter ?? []).count { alteration in
            server.enreach.alter(callback: alteration.id) { callback in
                if let number = alteration.number { callback.number = number }
                if let note = alteration.note { callback.note = note }
                if let due = alteration.due { callback.due = due }
                if alteration.state == .closed {
                    callback.close(alteration.result ?? "ClosedSuccessfully", at: server.enreachClock.now)
                } else if let state = alteration.state {
                    callback.state = state
                }
            }
        }
        return Self.json(Changed(added: added.map(\.id), altered: altered))
    }

    private func record(_ new: NewCallback) throws -> CallbackRecord {
        guard let list = server.enreach.callbackLists.first(where: { $0.id == new.listID }) else {
            throw AdminFailure(400, "there is no callback list \(new.listID)")
        }
        let now = server.enreachClock.now
        var callback = CallbackRecord(
            id: new.id ?? UUID(), list: list, callID: new.callID, number: new.number, calledNumber: new.calledNumber,
            queue: server.enreach.queues.first { $0.id == new.queueID }, created: new.created ?? now, due: new.due,
            expires: new.expires, recordingIDs: new.recordingIDs ?? [], note: new.note, data: new.data ?? [:])
        if new.state == .closed { callback.close(new.result ?? "ClosedSuccessfully", at: now) }
        if let state = new.state { callback.state = state }
        return callback
    }
}
