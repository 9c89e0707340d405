import Enreach
import FoundationEssentials
import Model
import PhoneNumbers
import Privacy

/// What one answer of Enreach said of one request.
struct ReceivedCallback: Sendable {
    var facts: CallbackFacts
    var modifiedAt: Date?

    /// Nil: it has no id, or stands in no list; nothing can be done with it.
    ///
    /// - Parameter list: the list that was asked for, where the answer does not name it.
    init?(_ request: CallbackRequest, list: UUID? = nil, now: Date) {
        guard let id = request.id, let list = request.listID ?? list else { return nil }
        let stage: CallbackFacts.Stage =
            switch request.state {
            case .closed: .closed
            case .allocated: .allocated
            case .open, nil: .open
            case .unknown: request.closed == nil ? .open : .closed
            }
        modifiedAt = request.modified
        facts = CallbackFacts(
            id: id, listID: list, listName: Self.kept(request.listName, 200), number: PhoneNumber(request.number),
            calledNumber: Self.kept(request.calledNumber, PhoneNumber.longestRaw), callID: request.callID,
            queueName: Self.kept(request.queueName, 200), requestedAt: request.created ?? request.modified ?? now,
            dueAt: request.due, expiresAt: request.expires, note: request.note.map { $0.cut(toUTF16: 1500) },
            recordingIDs: request.recordingIDs, stage: stage, result: Self.kept(request.result, 100))
    }

    /// With its number read as the tenant's region has it.
    func reading(_ numbers: NumberReader) -> ReceivedCallback {
        var callback = self
        callback.facts.number = numbers.read(facts.number.raw)
        return callback
    }

    /// The requests without the numbers of those whose number was erased. Costs nothing where none ever was.
    static func all(_ received: [Self], without erased: ErasedNumbers) -> [Self] {
        erased.isEmpty ? received : received.map { $0.erasing(erased) }
    }

    /// Without the number, if it was erased.
    private func erasing(_ numbers: ErasedNumbers) -> ReceivedCallback {
        let texts = [facts.number.raw, facts.calledNumber, facts.note]
        guard texts.contains(where: { numbers.contains($0) }) else { return self }
        var callback = self
        callback.facts = facts.erased
        return callback
    }

    private static func kept(_ text: String?, _ length: Int) -> String? {
        text.map { $0.tidied(toUTF16: length) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
