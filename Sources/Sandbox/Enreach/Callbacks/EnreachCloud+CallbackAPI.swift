import Foundation
import Synchronization

/// Callback lists and requests as the API shows and takes them. No readable page states any of it: every name is assumed.
extension EnreachCloud {
    /// Answers what stands under the path of callbacks; nil when this is none of it.
    func callbackResource(_ asked: EnreachRequest, _ path: [String]) throws(EnreachFailure) -> SandboxResponse? {
        let names = configuration.names.callbacks
        let base = names.path.split(separator: "/").map { $0.lowercased() }
        guard path.starts(with: base) else { return nil }
        expireCallbacks()
        let rest = Array(path.dropFirst(base.count))
        switch (asked.method, rest.count) {
        case ("GET", 0): return try callbackPage(asked)
        case ("GET", 1) where rest[0] == names.lists.lowercased(): return callbackListPage()
        case ("GET", 1): return try callbackAnswer(asked, find(callback: rest[0]))
        case ("POST", 0): return try createCallback(asked)
        case ("PUT", 1), ("POST", 1): return try updateCallback(asked, rest[0])
        default: throw EnreachFailure(405, "The method is not allowed here.")
        }
    }

    private func callbackListPage() -> SandboxResponse {
        let lists = callbackLists
        var json = JSONBytes()
        json.array(lists) { json, list in
            json.object { json in
                json.key("Id")
                json.value(list.id)
                json.key("Name")
                json.value(list.name)
                json.key("Deleted")
                json.value(list.deleted)
            }
        }
        return SandboxResponse(json: json)
    }

    private func callbackPage(_ asked: EnreachRequest) throws(EnreachFailure) -> SandboxResponse {
        let names = configuration.names.callbacks
        var filter = CallbackStore.Filter()
        filter.list = try asked.guid(names.list)
        filter.createdAfter = try asked.time("CreatedAfter")
        filter.createdBefore = try asked.time("CreatedBefore")
        filter.modifiedAfter = try asked.time("ModifiedAfter")
        filter.modifiedBefore = try asked.time("ModifiedBefore")
        for word in (asked.parameters[names.state.lowercased()] ?? "").split(separator: ",") {
            guard let state = CallbackRecord.State.allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() }) else {
                throw EnreachFailure(400, "The value '\(word)' is not valid for \(names.state).")
            }
            filter.states.insert(state)
        }
        guard filter.list != nil || filter.createdAfter != nil || filter.modifiedAfter != nil else {
            throw EnreachFailure(400, "\(names.list), CreatedAfter or ModifiedAfter must be given.")
        }
        if let list = filter.list, !callbackLists.contains(where: { $0.id == list && !$0.deleted }) {
            throw EnreachFailure(404, "The callback list was not found.")
        }
        if let list = filter.list, callbackLists.contains(where: { $0.id == list && $0.forbidden == true }) {
            throw EnreachFailure(403, "Authorization has been denied for this request.")
        }
        let now = clock.now
        let found = disorder(state.withLock { $0.callbacks.records(filter, visibleAt: now) }, path: asked.original.path)
        let form = asked.timeForm
        var json = JSONBytes(capacity: found.count * 620 + 16)
        json.array(found) { json, callback in CallbackWriter(names: names, form: form).write(callback, &json) }
        return SandboxResponse(json: json)
    }

    private func createCallback(_ asked: EnreachRequest) throws(EnreachFailure) -> SandboxResponse {
        let names = configuration.names.callbacks
        let body = asked.bodyTexts
        guard let list = body[names.list.lowercased()].flatMap({ UUID(uuidString: $0) }),
            let list = callbackLists.first(where: { $0.id == list && !$0.deleted })
        else { throw EnreachFailure(400, "\(names.list) must name a callback list.") }
        let callback = CallbackRecord(
            id: UUID(), list: list, number: body[names.number.lowercased()], created: clock.now,
            note: body[names.note.lowercased()])
        add([callback])
        return callbackAnswer(asked, callback)
    }

    /// An update, a close among them. Closing what is closed changes nothing and is no error.
    private func updateCallback(_ asked: EnreachRequest, _ id: String) throws(EnreachFailure) -> SandboxResponse {
        let names = configuration.names.callbacks
        let callback = try find(callback: id)
        let body = asked.bodyTexts
        let wanted = body[names.state.lowercased()]
        let closes = wanted?.lowercased() == CallbackRecord.State.closed.rawValue.lowercased()
        if closes, callback.state != .closed, faults.strike(.refuseClose, on: .enreach, path: asked.original.path) != nil {
            throw EnreachFailure(409, "The callback request can't be closed: it is locked by a user.")
        }
        guard callback.state != .closed else { return callbackAnswer(asked, callback) }
        let result = body[names.result.lowercased()]
        let note = body[names.note.lowercased()]
        let now = clock.now
        alter(callback: callback.id, at: now) { record in
            if let note { record.note = note }
            if closes { record.close(result ?? "None", at: now) }
            if let wanted, let state = CallbackRecord.State.allCases.first(where: { $0.rawValue == wanted }), state != .closed {
                record.state = state
            }
        }
        return callbackAnswer(asked, try find(callback: id))
    }

    private func find(callback text: String) throws(EnreachFailure) -> CallbackRecord {
        let now = clock.now
        guard let id = UUID(uuidString: text), let callback = state.withLock({ $0.callbacks.record(id, visibleAt: now) }) else {
            throw EnreachFailure(404, "The callback request was not found.")
        }
        return callback
    }

    private func callbackAnswer(_ asked: EnreachRequest, _ callback: CallbackRecord) -> SandboxResponse {
        var json = JSONBytes(capacity: 700)
        CallbackWriter(names: configuration.names.callbacks, form: asked.timeForm).write(callback, &json)
        return SandboxResponse(json: json)
    }
}
