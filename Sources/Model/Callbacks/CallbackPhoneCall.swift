package import FoundationEssentials

/// The phone call of a callback request as it shall stand in Dynamics: open, outgoing, to whoever wants to be called.
package struct CallbackPhoneCall: Sendable, Hashable {
    package let activityID: UUID
    package let callbackID: UUID
    package let callID: UUID?
    package let subject: String
    package let description: String
    package let phoneNumber: String
    package let due: Date?
    package let queueName: String?
    package let recordingAddress: String?
    package let owner: CallbackOwner
    package let regarding: RowReference?
    package let bundleID: UUID?
    /// Who calls, and who is called.
    package let from: PhoneCall.Party
    package let to: PhoneCall.Party

    /// - Parameters:
    ///   - regarding: who the number belongs to, if exactly one was found.
    ///   - queue: the queue in Dynamics.
    ///   - apiAddress: of the Enreach API, for the voicemail's address.
    package init(
        activityID: UUID, facts: CallbackFacts, profile: CallbackProfile, queue: CallbackQueue?, owner: CallbackOwner,
        regarding: RowReference?, bundleID: UUID?, settings: Settings, apiAddress: String
    ) {
        let words = CallbackWords(facts: facts, party: regarding?.name)
        self.activityID = activityID
        callbackID = facts.id
        callID = facts.callID
        let subject = Self.subject(profile, settings, words)
        self.subject = subject.isEmpty ? CallbackWords.kind : subject
        description = Self.description(facts, settings, words)
        phoneNumber = (facts.number.e164 ?? facts.number.raw).cut(toUTF16: PhoneCall.Length.phoneNumber)
        due = facts.dueAt
        queueName = (facts.queueName ?? facts.listName)?.tidied(toUTF16: PhoneCall.Length.queueName)
        recordingAddress = PhoneCall.recordingAddress(facts.recordingIDs, settings, apiAddress)
        self.owner = owner
        self.regarding = regarding
        self.bundleID = bundleID
        from =
            if let id = owner.id, owner.table == .systemUser {
                PhoneCall.Party(row: RowReference(.systemUser, id))
            } else {
                PhoneCall.Party(name: (queue?.name ?? profile.name).tidied(toUTF16: PhoneCall.Length.partyName))
            }
        to =
            if let regarding {
                PhoneCall.Party(row: regarding)
            } else {
                PhoneCall.Party(
                    name: facts.number.display.cut(toUTF16: PhoneCall.Length.partyName),
                    address: facts.number.raw.isEmpty ? nil : facts.number.e164 ?? facts.number.raw)
            }
    }

    /// The profile's text may hold placeholders; one that can't be read as a template stands as it is.
    private static func subject(_ profile: CallbackProfile, _ settings: Settings, _ words: CallbackWords) -> String {
        guard let own = profile.subject?.trimmingBlanks(), !own.isEmpty else {
            return settings.callbackSubject.text(words.value).tidied(toUTF16: PhoneCall.Length.subject)
        }
        let text = (try? TextTemplate(own))?.text(words.value) ?? own
        return text.tidied(toUTF16: PhoneCall.Length.subject)
    }

    private static func description(_ facts: CallbackFacts, _ settings: Settings, _ words: CallbackWords) -> String {
        let text = settings.callbackDescription.text(words.value)
        let parts = [text, facts.note?.trimmingBlanks() ?? ""].filter { !$0.isEmpty }
        return parts.joined(separator: "\n").cut(toUTF16: PhoneCall.Length.description)
    }
}

/// What the placeholders of the templates say for one request.
struct CallbackWords {
    static let kind = "Callback request"

    let facts: CallbackFacts
    /// Name of the caller in Dynamics, if known there.
    let party: String?

    func value(_ placeholder: TextTemplate.Placeholder) -> String? {
        switch placeholder {
        case .kind: Self.kind
        case .direction: Direction.inbound.rawValue
        case .preposition: "from"
        case .party: party ?? facts.number.display
        case .number: facts.number.display
        case .own: facts.calledNumber
        case .queue: facts.queueName ?? facts.listName
        case .start: DataverseTime.text(facts.requestedAt)
        case .user, .duration, .minutes, .result: nil
        }
    }
}
