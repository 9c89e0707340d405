import Logging
import Synchronization

/// Warns, once a field, when answers of some size never carry a field the hub depends on: then the name in ``FieldMap`` is
/// not the one this service uses, and without the warning calls would just quietly not be synced.
final class FieldWatch: Sendable {
    private static let enough = 50
    private let warned = Mutex<Set<AnswerField>>([])
    private let map: FieldMap
    private let logger: Logger

    init(_ map: FieldMap, logger: Logger) {
        self.map = map
        self.logger = logger
    }

    func see<Element>(_ listing: Listing<Element>) {
        guard listing.count >= Self.enough else { return }
        if let events = listing as? Listing<CallEvent> {
            check(.callID, events.contains { $0.callID != nil })
            check(.callStart, events.contains { $0.start != nil })
            check(.callPrivacy, events.contains { $0.privacy != .undefined })
        }
    }

    private func check(_ field: AnswerField, _ isThere: Bool) {
        guard !isThere, warned.withLock({ $0.insert(field).inserted }) else { return }
        logger.warning(
            "No call event carries this field: its name may differ on this Enreach service",
            metadata: ["field": "\(field.rawValue)", "names": "\(map[field].joined(separator: ", "))"])
    }
}
