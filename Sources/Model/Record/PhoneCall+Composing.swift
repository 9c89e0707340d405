public import FoundationEssentials

extension PhoneCall {
    /// Lengths of the columns in Dataverse, in UTF-16 units.
    public enum Length {
        public static let subject = 200
        public static let description = 2000
        public static let phoneNumber = 200
        public static let queueName = 200
        public static let recordingURL = 2000
        public static let partyName = 200
        public static let partyAddress = 320
    }

    /// The record of a call that is to be written.
    ///
    /// - Parameters:
    ///   - regarding: the other party in Dynamics, if exactly one was found.
    ///   - apiAddress: of the Enreach API, for the recording's address.
    public init(
        callID: UUID, facts: CallFacts, owner: Owner, regarding: RowReference?, settings: Settings, apiAddress: String
    ) {
        let start = facts.startedAt ?? Date(timeIntervalSince1970: 0)
        let end = facts.endedAt ?? start.addingTimeInterval(Double(facts.talkSeconds))
        let words = CallWords(facts: facts, owner: owner, party: regarding?.name, start: start)
        var fields: [PhoneCallField: FieldValue] = [:]
        fields.reserveCapacity(PhoneCallField.allCases.count)
        let subject = settings.subjectTemplate.text(words.value).tidied(toUTF16: Length.subject)
        fields[.subject] = .text(subject.isEmpty ? words.kind : subject)
        fields[.description] = .text(settings.descriptionTemplate.text(words.value).cut(toUTF16: Length.description))
        fields[.phoneNumber] = .text((facts.other.e164 ?? facts.other.raw).cut(toUTF16: Length.phoneNumber))
        fields[.direction] = .bool(facts.direction == .outbound)
        fields[.scheduledStart] = .time(start)
        fields[.scheduledEnd] = .time(end)
        fields[.actualStart] = .time(start)
        fields[.actualEnd] = .time(end)
        fields[.actualMinutes] = .int((facts.talkSeconds + 59) / 60)
        if let id = owner.systemUserID { fields[.owner] = .lookup(set: "systemusers", id: id) }
        if let regarding { fields[.regarding] = .lookup(set: regarding.table.set, id: regarding.id) }
        fields[.callID] = .text(callID.lowercase)
        if let id = facts.userID { fields[.userID] = .text(id.lowercase) }
        if let name = facts.queueName { fields[.queueName] = .text(name.tidied(toUTF16: Length.queueName)) }
        fields[.durationSeconds] = .int(facts.talkSeconds)
        if let address = Self.recordingAddress(facts.recordingIDs, settings, apiAddress) {
            fields[.recordingURL] = .text(address)
        }
        if let id = facts.transcriptIDs.first { fields[.transcriptID] = .text(id.lowercase) }
        let other = Party.other(facts, regarding)
        let own = Party.own(facts, owner)
        let isInbound = facts.direction == .inbound
        self.init(
            fields: fields, from: isInbound ? other : own, to: isInbound ? own : other,
            completedStatus: settings.completeCalls ? (isInbound ? 4 : 2) : nil)
    }

    /// As many recordings as fit, a blank between them.
    static func recordingAddress(_ recordings: [UUID], _ settings: Settings, _ api: String) -> String? {
        guard !recordings.isEmpty, !settings.recordingAddress.isEmpty else { return nil }
        var all = ""
        for id in recordings {
            let one = settings.recordingAddress.replacing("{api}", with: api).replacing("{recording}", with: id.lowercase)
            guard all.utf16.count + one.utf16.count + 1 <= Length.recordingURL else { break }
            all += (all.isEmpty ? "" : " ") + one
        }
        return all.isEmpty ? nil : all
    }
}

extension PhoneCall.Party {
    fileprivate static func other(_ facts: CallFacts, _ regarding: RowReference?) -> Self {
        if let regarding { return Self(row: regarding) }
        let address = facts.other.e164 ?? (facts.other.raw.isEmpty ? nil : facts.other.raw)
        return Self(name: facts.other.display.cut(toUTF16: PhoneCall.Length.partyName), address: address)
    }

    fileprivate static func own(_ facts: CallFacts, _ owner: Owner) -> Self {
        if let id = owner.systemUserID { return Self(row: RowReference(.systemUser, id, name: owner.name)) }
        let address = facts.own.e164 ?? (facts.own.raw.isEmpty ? nil : facts.own.raw)
        return Self(name: (facts.userName ?? facts.own.display).tidied(toUTF16: PhoneCall.Length.partyName), address: address)
    }
}
