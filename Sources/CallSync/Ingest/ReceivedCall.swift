import Enreach
import FoundationEssentials
import Model
import Privacy

/// Everything one answer of Enreach said of one call.
struct ReceivedCall: Sendable {
    var id: UUID
    var legs: [CallLeg]
    /// False: it came without an id, and has one made from its content.
    var hasID = true
    /// Set when the element could not be read at all: why, and its place in the answer. Nothing of its text, which may be of a private call.
    var unreadable: String?
    /// A number of the call was erased: the legs hold none any more.
    var isErased = false
}

extension ReceivedCall {
    /// Without its numbers, if one of them was erased.
    ///
    /// The id of a call that came without one is made from what it says; without its numbers it has another.
    func erasing(_ numbers: ErasedNumbers, tenant: String) -> ReceivedCall {
        guard legs.contains(where: { numbers.contains($0.from) || numbers.contains($0.to) }) else { return self }
        var call = self
        call.legs = legs.map(\.withoutNumbers)
        call.isErased = true
        if !hasID { call.id = PhoneCallID.withoutID(tenant: tenant, legs: call.legs) }
        return call
    }
}

/// Events and queue calls of one answer, gathered by call.
struct ReceivedCalls: Sendable {
    let calls: [ReceivedCall]
    /// The latest time of change among them, by the vendor's clock.
    let modifiedUntil: Date?

    init(
        events: some Sequence<CallEvent>, serviceCalls: some Sequence<ServiceCall>, queueTypes: [UUID: Int] = [:],
        malformed: [MalformedElement] = [], tenant: String
    ) {
        var byID: [UUID: [CallLeg]] = [:]
        var withoutID: [CallLeg] = []
        var latest: Date?
        func add(_ leg: CallLeg, _ id: UUID?) {
            if let modified = leg.modifiedAt ?? leg.startedAt { latest = max(latest ?? modified, modified) }
            if let id { byID[id, default: []].append(leg) } else { withoutID.append(leg) }
        }
        for event in events { add(CallLeg(event), event.callID) }
        for call in serviceCalls { add(CallLeg(call, queueTypes: queueTypes), call.callID ?? call.serviceCallID) }
        var calls = byID.map { ReceivedCall(id: $0.key, legs: CallLeg.merge(known: [], received: $0.value)) }
        calls += withoutID.map {
            ReceivedCall(id: PhoneCallID.withoutID(tenant: tenant, legs: [$0]), legs: [$0], hasID: false)
        }
        calls += malformed.map { element in
            let leg = CallLeg(source: .user, direction: .inbound, privacy: .undefined, answered: false, callType: element.raw)
            return ReceivedCall(
                id: PhoneCallID.withoutID(tenant: tenant, legs: [leg]), legs: [], hasID: false,
                unreadable: "element \(element.index) of the answer: \(element.reason)")
        }
        // Everybody who locks several calls does it in this order.
        self.calls = Self.sorted(calls)
        modifiedUntil = latest
    }

    /// The calls without the numbers of those of which one was erased. Costs nothing where none ever was.
    func calls(without erased: ErasedNumbers, tenant: String) -> [ReceivedCall] {
        erased.isEmpty ? calls : Self.sorted(calls.map { $0.erasing(erased, tenant: tenant) })
    }

    private static func sorted(_ calls: [ReceivedCall]) -> [ReceivedCall] {
        var seen: Set<UUID> = []
        return calls.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    }
}

extension CallLeg {
    init(_ event: CallEvent) {
        let privacy: Privacy =
            switch event.privacy {
            case .work: .work
            case .private: .private
            case .undefined, .unknown: .undefined
            }
        self.init(
            source: .user, direction: event.direction == .outbound ? .outbound : .inbound, privacy: privacy,
            answered: event.answered ?? ((event.duration ?? 0) > 0), from: event.aNumber, to: event.bNumber,
            startedAt: event.start,
            endedAt: event.end, seconds: event.duration, ringSeconds: event.ringing, userID: event.userID,
            userName: Self.kept(event.userName),
            queueID: event.answerQueueID, callType: Self.kept(event.callType), recordingIDs: event.recordingIDs,
            transcriptIDs: event.transcriptIDs, modifiedAt: event.modified)
    }

    /// A queue's call is inbound, and work. Not so one through a user's own work number: how that is classed the user's leg says. Where the queue's
    /// type is not known, it is such a number's if it has no name.
    init(_ call: ServiceCall, queueTypes: [UUID: Int]) {
        let type = call.queueID.flatMap { queueTypes[$0] }
        let isDirect = type.map { EnreachQueue.isDirect(typeID: $0) } ?? (call.queueName ?? "").isEmpty
        self.init(
            source: .queue, direction: .inbound, privacy: isDirect ? .undefined : .work,
            answered: call.answered ?? (call.userID != nil || (call.duration ?? 0) > 0), from: call.aNumber,
            to: call.queueNumber ?? call.bNumber, startedAt: call.start, endedAt: call.end, seconds: call.duration,
            ringSeconds: call.waiting, userID: call.userID, userName: Self.kept(call.userName),
            queueID: call.queueID, queueName: Self.kept(call.queueName),
            recordingIDs: call.recordingIDs, transcriptIDs: call.transcriptIDs, modifiedAt: call.modified)
    }

    /// A name as it is kept: on one line, of a length that a human reads.
    private static func kept(_ name: String?) -> String? {
        name.map { $0.tidied(toUTF16: 200) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
