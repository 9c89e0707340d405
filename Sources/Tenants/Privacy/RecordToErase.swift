package import Dynamics
package import FoundationEssentials

/// A phone call in Dynamics whose number is to be erased, as far as the hub knows it.
package struct RecordToErase: Sendable {
    /// The call or callback request it belongs to.
    package let subject: UUID
    package let activityID: UUID
    /// It may stand under an id that the hub does not know, with the subject's id in a column.
    package let isSought: Bool
    /// Whether the hub made the record of that id.
    package let isOwn: @Sendable (UUID) -> Bool
    /// Whether its columns stand as the hub wrote them. Who changed it last is looked at besides.
    package let isUntouched: @Sendable (ODataRow) -> Bool

    package init(
        subject: UUID, activityID: UUID, isSought: Bool = false, isOwn: @escaping @Sendable (UUID) -> Bool,
        isUntouched: @escaping @Sendable (ODataRow) -> Bool = { _ in true }
    ) {
        self.subject = subject
        self.activityID = activityID
        self.isSought = isSought
        self.isOwn = isOwn
        self.isUntouched = isUntouched
    }
}

/// What became of the phone calls of one call or request.
package enum RecordErasure: Sendable, Hashable {
    case deleted
    /// Stands on, without the number.
    case masked
    /// There is none, whether none was ever made or somebody deleted it.
    case missing
    case failed(DynamicsOutcome)

    /// Of two phone calls of one subject the one that leaves more to be done, or tells more.
    func joined(with other: RecordErasure) -> RecordErasure { rank >= other.rank ? self : other }

    private var rank: Int {
        switch self {
        case .missing: 0
        case .deleted: 1
        case .masked: 2
        case .failed: 3
        }
    }
}
