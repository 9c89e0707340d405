import NIOCore
import Routing

/// A question that waits for a look-up. Only on its loop.
final class PendingLookup {
    private var answer: ((CallerFacts?, RouteDecision.Reason) -> Void)?
    var deadline: Scheduled<Void>?

    init(_ answer: @escaping (CallerFacts?, RouteDecision.Reason) -> Void) { self.answer = answer }

    /// The first call counts.
    func resolve(_ facts: CallerFacts?, _ reason: RouteDecision.Reason) {
        guard let answer else { return }
        self.answer = nil
        deadline?.cancel()
        deadline = nil
        answer(facts, reason)
    }
}
