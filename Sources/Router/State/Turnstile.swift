import Foundation

/// Lets so many through at once; the others wait in their order, but not for ever: one that hangs behind it must not keep out all others.
actor Turnstile {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Void, Never>
        let alarm: Task<Void, any Error>
    }

    private let places: Int
    private let patience: Duration
    private var inside = 0
    private var waiting: [Waiter] = []
    private var next = 0

    /// - Parameter patience: who has waited for so long goes through all the same.
    init(_ places: Int, patience: Duration = .seconds(30)) {
        self.places = places
        self.patience = patience
    }

    /// Does something behind the turnstile.
    ///
    /// - Parameter body: gets the time at which it was let through.
    func pass<Result: Sendable>(_ body: @Sendable (Date) async throws -> Result) async throws -> Result {
        if inside < places { inside += 1 } else { await wait() }
        defer { leave() }
        try Task.checkCancellation()
        return try await body(Date())
    }

    private func wait() async {
        next += 1
        let (number, patience) = (next, patience)
        await withCheckedContinuation { continuation in
            let alarm = Task {
                try await Task.sleep(for: patience)
                self.hurry(number)
            }
            waiting.append(Waiter(number: number, continuation: continuation, alarm: alarm))
        }
    }

    private func hurry(_ number: Int) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        inside += 1
        waiting.remove(at: index).continuation.resume()
    }

    private func leave() {
        guard inside <= places, !waiting.isEmpty else {
            inside -= 1
            return
        }
        let waiter = waiting.removeFirst()
        waiter.alarm.cancel()
        waiter.continuation.resume()
    }
}
