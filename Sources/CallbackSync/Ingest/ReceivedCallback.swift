import Enreach
import FoundationEssentials
import Model

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

    private static func kept(_ text: String?, _ length: Int) -> String? {
        text.map { $0.tidied(toUTF16: length) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
