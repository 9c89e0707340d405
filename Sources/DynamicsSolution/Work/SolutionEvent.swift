/// What became of one part while it was made or removed.
package struct SolutionEvent: Sendable, Hashable {
    package enum Result: Sendable, Hashable {
        case made
        case changed
        case removed
        /// Somebody else was quicker, or it is gone already.
        case alreadySo
        /// Dynamics refuses it, and the hub does without: its code.
        case refused(String)
        /// What Dynamics said, and what to do.
        case failed(String, remedy: String)
    }

    package let part: SolutionPart
    package let result: Result
}

extension SolutionEvent {
    package var words: String {
        switch result {
        case .made: "made"
        case .changed: "changed"
        case .removed: "removed"
        case .alreadySo: "already so"
        case .refused(let code): "refused by Dynamics (\(code)); the hub does without"
        case .failed(let text, let remedy): "failed: \(text); \(remedy)"
        }
    }

    package var isFailure: Bool { if case .failed = result { true } else { false } }
}
