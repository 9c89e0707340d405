import Dynamics
import Foundation

/// Sends changes of metadata, one after another, and waits where Dynamics is busy with another one.
struct MetadataWriter: Sendable {
    let dynamics: DynamicsClient
    /// The solution that new parts are put into.
    let solution: String
    /// Waits between attempts; tests don't.
    let pause: @Sendable (Duration) async throws -> Void

    /// Another solution operation is under way; "name is taken" in its forms.
    static let busyCodes: Set<String> = ["0x80071151"]
    static let takenCodes: Set<String> = ["0x80047013", "0x80060893", "0x80060894", "0x80040237", "0x80048418"]
    static let waits: [Duration] = [.seconds(3), .seconds(10), .seconds(20), .seconds(30)]

    enum Answer: Sendable {
        case done(id: UUID?)
        case taken
        case refused(DynamicsFault)
    }

    /// - Parameter retriesMissing: whether "not there" means "not there yet": rows of a table made a moment ago.
    /// - Throws: `CancellationError`.
    func send(_ change: Change, retriesMissing: Bool = false) async throws -> Answer {
        var change = change
        change.headers.append(("MSCRM.SolutionUniqueName", solution))
        var waits = Self.waits[...]
        while true {
            let result = try await dynamics.perform(change, lane: .callback)
            let fault = result.outcome.fault
            if result.outcome == .success { return .done(id: result.responses.first?.rowID) }
            if result.outcome == .alreadyWritten || Self.takenCodes.contains(fault?.code ?? "") { return .taken }
            let mayPass: Bool =
                switch result.outcome {
                case .transient, .throttled: true
                default: Self.busyCodes.contains(fault?.code ?? "") || retriesMissing && fault?.status == 404
                }
            guard mayPass, let wait = waits.popFirst() else {
                return .refused(fault ?? DynamicsFault(status: result.status, code: result.outcome.name))
            }
            try await pause(wait)
        }
    }
}

extension PartResponse {
    /// The id in `OData-EntityId`: the last one, of an attribute's address.
    var rowID: UUID? {
        guard let entityID, let end = entityID.lastIndex(of: ")"), let start = entityID[..<end].lastIndex(of: "(") else {
            return nil
        }
        return UUID(uuidString: String(entityID[entityID.index(after: start)..<end]))
    }
}
