import Foundation

/// What is said of an erasure while it goes on.
enum ErasureWords {
    /// What is done to the rows of a table.
    static func fate(of table: String) -> String {
        switch table {
        case "call": "kept without numbers, as erased"
        case "callback": "kept without number and note, as erased"
        case "directory_number", "directory_ambiguity", "directory_decision", "route_number", "route_number_change": "removed"
        case "route_decision": "kept without the caller"
        default: "the number is masked"
        }
    }
}

extension ErasureRun.Step {
    /// One line.
    var words: String {
        switch self {
        case .begun(let id): "erasure \(id.uuidString.lowercased()) is under way; nothing brings the number in any more"
        case .clear: "all transactions of before have ended"
        case .day(let day, let table): "hub.\(table): \(day)"
        case .directory: "the directory is done"
        case .routing: "routing is done"
        case .enqueued: "phone calls in Dynamics are promised"
        case .dynamics(let settled, let all): "phone calls in Dynamics: \(settled) of \(all)"
        case .swept(let table): "hub.\(table): masked"
        case .looked: "the number stands nowhere in the hub any more"
        }
    }
}
