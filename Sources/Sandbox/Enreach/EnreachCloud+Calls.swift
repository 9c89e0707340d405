import Foundation
import Synchronization

/// Call events and service calls, by window or by id.
extension EnreachCloud {
    /// Longest window of one filter.
    private static let longest: TimeInterval = 31 * 86_400

    private enum Filter {
        case modified(Date, Date)
        case started(Date, Date)
        case call(UUID)
    }

    func calls(_ asked: EnreachRequest) throws(EnreachFailure) -> SandboxResponse {
        let filter = try filter(asked, callAllowed: true)
        let users = try userFilter(asked)
        let now = clock.now
        var found = state.withLock { state in
            switch filter {
            case .modified(let from, let to): state.calls.records(modifiedFrom: from, to: to, visibleAt: now)
            case .started(let from, let to): state.calls.records(startedFrom: from, to: to, visibleAt: now)
            case .call(let id): state.calls.records(call: id, visibleAt: now)
            }
        }
        if let users { found.removeAll { !($0.userID.map(users.contains) ?? false) } }
        found = disorder(found, path: asked.original.path)
        let form = asked.timeForm
        var json = JSONBytes(capacity: found.count * 480 + 16)
        json.array(found) { json, event in write(event, form, &json) }
        return SandboxResponse(json: json)
    }

    func serviceCalls(_ asked: EnreachRequest) throws(EnreachFailure) -> SandboxResponse {
        let filter = try filter(asked, callAllowed: false)
        let now = clock.now
        var found = state.withLock { state in
            switch filter {
            case .modified(let from, let to): state.serviceCalls.records(modifiedFrom: from, to: to, visibleAt: now)
            case .started(let from, let to): state.serviceCalls.records(startedFrom: from, to: to, visibleAt: now)
            case .call(let id): state.serviceCalls.records(call: id, visibleAt: now)
            }
        }
        found = disorder(found, path: asked.original.path)
        let form = asked.timeForm
        var json = JSONBytes(capacity: found.count * 400 + 16)
        json.array(found) { json, call in write(call, form, &json) }
        return SandboxResponse(json: json)
    }

    private func filter(_ asked: EnreachRequest, callAllowed: Bool) throws(EnreachFailure) -> Filter {
        if callAllowed, let id = try asked.guid("CallId") { return .call(id) }
        if let from = try asked.time("ModifiedAfter"), let to = try asked.time("ModifiedBefore") {
            try check(from, to)
            return .modified(from, to)
        }
        if let from = try asked.time("StartTime"), let to = try asked.time("EndTime") {
            try check(from, to)
            return .started(from, to)
        }
        throw EnreachFailure(
            400, "StartTime and EndTime, or ModifiedAfter and ModifiedBefore\(callAllowed ? ", or CallId" : "") must be given.")
    }

    private func check(_ from: Date, _ to: Date) throws(EnreachFailure) {
        guard to >= from else { throw EnreachFailure(400, "The time range ends before it begins.") }
        guard to.timeIntervalSince(from) <= Self.longest else {
            throw EnreachFailure(400, "The time range must not be longer than 31 days.")
        }
    }

    private func userFilter(_ asked: EnreachRequest) throws(EnreachFailure) -> Set<UUID>? {
        guard let text = asked.parameters["userids"], !text.isEmpty else { return nil }
        var ids: Set<UUID> = []
        for part in text.split(separator: ",") {
            guard let id = UUID(uuidString: part.trimmingCharacters(in: .whitespaces)) else {
                throw EnreachFailure(400, "The value '\(text)' is not valid for UserIDs.")
            }
            ids.insert(id)
        }
        return ids
    }

    /// No order is promised, and an element may come twice: the faults make it so.
    func disorder<Record>(_ records: [Record], path: String) -> [Record] {
        var records = records
        if faults.strike(.duplicate, on: .enreach, path: path) != nil {
            records += records.enumerated().filter { $0.offset % 7 == 0 }.map(\.element)
        }
        if faults.strike(.reorder, on: .enreach, path: path) != nil {
            var generator = SeededGenerator(seed: configuration.seed &+ UInt64(records.count), purpose: "order")
            records.shuffle(using: &generator)
        }
        return records
    }

    private func write(_ event: CallEventRecord, _ form: JSONBytes.TimeForm, _ json: inout JSONBytes) {
        let names = configuration.names
        json.object { json in
            if let id = event.callID {
                json.key("CallId")
                json.value(id)
            }
            json.key("ANum")
            json.value(event.aNumber)
            json.key("BNum")
            json.value(event.bNumber)
            if let start = event.start {
                json.key("TimeStamp")
                json.value(start, form)
            }
            json.key("Direction")
            json.value(event.inbound ? 0 : 1)
            json.key("EndResult")
            json.value(event.answered ? 0 : 1)
            json.key("Duration")
            json.value(event.duration)
            json.key(names.ringing)
            json.value(event.ringing)
            json.key("CallTypeString")
            json.value(event.callType)
            json.key("UserName")
            json.value(event.userName)
            json.key(names.userID)
            json.value(event.userID)
            json.key("RecordingIds")
            json.values(event.recordingIDs)
            json.key(names.transcripts)
            json.values(event.transcriptIDs)
            json.key("AnswerQueueId")
            json.value(event.answerQueueID)
            json.key(names.privacy)
            json.value(event.privacy)
            json.key(names.modified)
            json.value(event.modified, form)
        }
    }

    private func write(_ call: ServiceCallRecord, _ form: JSONBytes.TimeForm, _ json: inout JSONBytes) {
        let names = configuration.names
        json.object { json in
            json.key("ServiceCallId")
            json.value(call.serviceCallID)
            json.key("CallId")
            json.value(call.callID)
            json.key("QueueName")
            json.value(call.queueName)
            json.key("QueueId")
            json.value(call.queueID)
            json.key("QueueNumber")
            json.value(call.queueNumber)
            json.key("ANum")
            json.value(call.aNumber)
            json.key("BNum")
            json.value(call.bNumber)
            json.key("StartTime")
            json.value(call.start, form)
            json.key("Duration")
            json.value(call.duration)
            json.key(names.userID)
            json.value(call.userID)
            json.key("UserName")
            json.value(call.userName)
            json.key(names.modified)
            json.value(call.modified, form)
        }
    }
}
