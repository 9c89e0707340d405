import FoundationEssentials
import Model

/// A request that waits for its profile.
struct WaitingCallback: Sendable, Hashable {
    let id: UUID
    let listID: UUID
    let requestedAt: Date

    /// Whether another of the number has to be written after it.
    func comesBefore(_ other: CallbackFacts) -> Bool {
        listID == other.listID && (requestedAt, id.lowercase) < (other.requestedAt, other.id.lowercase)
    }
}
