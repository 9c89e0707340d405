package import FoundationEssentials

/// What Enreach says of a callback request.
package struct CallbackFacts: Sendable, Hashable {
    package enum Stage: String, Sendable, Hashable { case open, allocated, closed }

    package var id: UUID
    package var listID: UUID
    package var listName: String?
    package var number: PhoneNumber
    package var calledNumber: String?
    package var callID: UUID?
    package var queueName: String?
    package var requestedAt: Date
    package var dueAt: Date?
    package var expiresAt: Date?
    package var note: String?
    package var recordingIDs: [UUID]
    package var stage: Stage
    /// How it ended, in the vendor's word.
    package var result: String?
    /// The number was erased on request: nothing is known of who asked, and the request goes nowhere.
    package var isErased = false

    package init(
        id: UUID, listID: UUID, listName: String? = nil, number: PhoneNumber, calledNumber: String? = nil, callID: UUID? = nil,
        queueName: String? = nil, requestedAt: Date, dueAt: Date? = nil, expiresAt: Date? = nil, note: String? = nil,
        recordingIDs: [UUID] = [], stage: Stage = .open, result: String? = nil
    ) {
        self.id = id
        self.listID = listID
        self.listName = listName
        self.number = number
        self.calledNumber = calledNumber
        self.callID = callID
        self.queueName = queueName
        self.requestedAt = requestedAt
        self.dueAt = dueAt
        self.expiresAt = expiresAt
        self.note = note
        self.recordingIDs = recordingIDs
        self.stage = stage
        self.result = result
    }

    /// What may be kept of a request whose number was erased.
    package var erased: CallbackFacts {
        var facts = self
        facts.number = .withheld
        facts.calledNumber = nil
        facts.note = nil
        facts.recordingIDs = []
        facts.isErased = true
        return facts
    }

    /// What tells whether two requests are of one number: E.164, else the digits as given. Nil: there is nobody to call, and
    /// such requests have nothing to do with each other.
    package var callableNumber: String? {
        switch number.kind {
        case .international: number.e164
        case .national, .short: number.raw.filter(\.isNumber)
        case .withheld, .unreadable: nil
        }
    }

    /// Same for the same content: what is seen again with it brings nothing new.
    package var contentHash: Int64 {
        var json = JSONText()
        json.object { json in
            json.member("list", listID.lowercase)
            json.member("list_name", listName ?? "")
            json.member("number", number.raw)
            json.member("called", calledNumber ?? "")
            json.member("call", callID?.lowercase ?? "")
            json.member("queue", queueName ?? "")
            if let dueAt { json.member("due", milliseconds: dueAt) }
            if let expiresAt { json.member("expires", milliseconds: expiresAt) }
            json.member("note", note ?? "")
            json.member("recordings", recordingIDs.map(\.lowercase))
            json.member("stage", stage.rawValue)
            json.member("result", result ?? "")
        }
        return CallLeg.contentHash(json.bytes)
    }
}

extension PhoneCallID {
    /// The `activityid` of the phone call in Dynamics for a callback request of a tenant.
    package static func activity(tenant: String, callback: UUID) -> UUID { make("\(tenant)/callback/\(callback.lowercase)") }

    /// What the requests of one number have in common, without saying the number.
    package static func number(_ number: String, tenant: String) -> UUID { make("\(tenant)/number/\(number)") }

    /// Of a notification that came without an id: made from its text.
    package static func event(tenant: String, text: [UInt8]) -> UUID { make(Array("\(tenant)/event/".utf8) + text) }
}
