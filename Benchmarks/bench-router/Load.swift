import CScheduling
import Foundation

/// Questions from one thread over many connections.
struct Load: Sendable {
    let port: Int
    /// Asked in turn.
    let questions: [Question]

    /// Each connection asks again as soon as it is answered.
    func closed(connections: Int, seconds: Double) async throws -> Outcome {
        try await onThread { try Generator(port, questions, connections).closed(seconds: seconds) }
    }

    /// So many questions a second, whether the ones before are answered or not; a question's time runs from when it was due.
    ///
    /// - Parameter isOver: ends it before its time.
    func open(
        connections: Int, seconds: Double, rate: Double, until isOver: @escaping @Sendable () -> Bool = { false }
    ) async throws -> Outcome {
        try await onThread {
            try Generator(port, questions, connections).open(seconds: seconds, rate: rate, until: isOver)
        }
    }

    private func onThread(_ body: @escaping @Sendable () throws -> Outcome) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            // What the generator waits for its own turn is not the server's time.
            let thread = Thread {
                _ = scheduling_prefer_short_turns(100_000)
                continuation.resume(with: Result { try body() })
            }
            thread.name = "load"
            thread.start()
        }
    }
}
