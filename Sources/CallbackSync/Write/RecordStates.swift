import Dynamics
import FoundationEssentials
import Model

/// Which of some phone calls are open, as Dynamics says: one question for a hundred of them.
struct RecordStates: Sendable {
    private(set) var states: [UUID: RecordState] = [:]
    private(set) var failure: DynamicsOutcome?

    private static let atOnce = 100

    static func read(_ ids: Set<UUID>, from dynamics: DynamicsClient) async throws -> RecordStates {
        guard !ids.isEmpty else { return RecordStates() }
        return RecordStates(of: ids, answers: try await dynamics.batch(questions(ids), lane: .callback))
    }

    static func questions(_ ids: Set<UUID>) -> [BatchOperation] {
        let sorted = ids.map(\.lowercase).sorted()
        return stride(from: 0, to: sorted.count, by: atOnce).map { start in
            .get(
                ODataQuery(
                    "phonecalls", select: ["activityid", "statecode"],
                    filter: .in("activityid", Array(sorted[start..<min(start + atOnce, sorted.count)]))))
        }
    }

    private init() {}

    init(of ids: Set<UUID>, answers: some Sequence<OperationResult>) {
        for answer in answers {
            guard let rows = answer.rows else {
                failure = answer.readFailure
                continue
            }
            for row in rows {
                row.guid("activityid").map { states[$0] = RecordState(statecode: row.int("statecode")) }
            }
        }
        // What was asked for and is not there was deleted.
        if failure == nil { for id in ids where states[id] == nil { states[id] = .deleted } }
    }
}

extension OperationResult {
    /// What a query found. Nil: it failed.
    var rows: [ODataRow]? { outcome == .success ? ODataPage(json: body)?.rows : nil }

    /// Why it failed: a success whose body can't be read is a failure of the moment.
    var readFailure: DynamicsOutcome {
        outcome == .success ? .transient(DynamicsFault(status: 200, message: "the answer can't be read")) : outcome
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
