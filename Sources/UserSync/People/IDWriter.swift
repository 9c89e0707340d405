import Dynamics
import FoundationEssentials
import Model

/// Writes Enreach User Ids in Dynamics, all of a round together.
struct IDWriter: Sendable {
    /// What became of one write.
    enum Result: Sendable, Hashable {
        case written
        /// Dynamics refused it, for the reason in the operator's words.
        case refused(String)
        /// The user was deleted meanwhile.
        case gone
    }

    let dynamics: DynamicsClient
    let column: String

    /// - Returns: a result for each match that has something to write, by the id of the user of Dynamics.
    /// - Throws: `DynamicsError` when the environment could not be reached or put the writes off; `CancellationError`.
    func write(_ matches: [PeopleMatching.Match]) async throws -> [UUID: Result] {
        let due = matches.filter { $0.write != nil }
        guard !due.isEmpty else { return [:] }
        let operations = due.map { match -> BatchOperation in
            var body = ODataBody()
            if case .set(let id)? = match.write { body.set(column, id.lowercase) } else { body.set(column, nil as String?) }
            return .change(.updateOnly("systemusers(\(match.user.id.lowercase))", body.bytes))
        }
        let results = try await dynamics.batch(operations, lane: .live)
        var answers: [UUID: Result] = [:]
        for (match, result) in zip(due, results) {
            switch result.outcome {
            case .success, .alreadyWritten: answers[match.user.id] = .written
            case .deletedByHuman: answers[match.user.id] = .gone
            case .transient(let fault):
                throw DynamicsError(.transient, "The environment failed (\(fault)).", fault: fault)
            case .throttled(let after, let fault):
                throw DynamicsError(.throttled, fault.operatorText, fault: fault, retryAfter: after)
            default:
                answers[match.user.id] = .refused(result.outcome.fault?.operatorText ?? result.outcome.name)
            }
        }
        return answers
    }
}
