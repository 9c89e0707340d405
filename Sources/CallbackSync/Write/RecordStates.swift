import Dynamics
import FoundationEssentials
import Model

/// Asks Dynamics which of some phone calls are open: one read for a hundred of them.
struct RecordStates: Sendable {
    private(set) var states: [UUID: RecordState] = [:]
    private(set) var failure: DynamicsOutcome?

    private static let atOnce = 100

    static func read(_ ids: Set<UUID>, from dynamics: DynamicsClient) async throws -> RecordStates {
        var answer = RecordStates()
        guard !ids.isEmpty else { return answer }
        let sorted = ids.map(\.lowercase).sorted()
        let operations = stride(from: 0, to: sorted.count, by: atOnce).map { start in
            BatchOperation.get(
                ODataQuery(
                    "phonecalls", select: ["activityid", "statecode"],
                    filter: .in("activityid", Array(sorted[start..<min(start + atOnce, sorted.count)]))))
        }
        for result in try await dynamics.batch(operations, lane: .callback) {
            guard result.outcome == .success, let page = ODataPage(json: result.body) else {
                answer.failure =
                    result.outcome == .success
                    ? .transient(DynamicsFault(status: 200, message: "the answer can't be read")) : result.outcome
                continue
            }
            for row in page.rows {
                row.guid("activityid").map { answer.states[$0] = RecordState(statecode: row.int("statecode")) }
            }
        }
        // What was asked for and is not there was deleted.
        if answer.failure == nil { for id in ids where answer.states[id] == nil { answer.states[id] = .deleted } }
        return answer
    }
}

extension RecordState {
    init(statecode: Int?) {
        switch statecode {
        case 1: self = .completed
        case 2: self = .cancelled
        default: self = .open
        }
    }
}
