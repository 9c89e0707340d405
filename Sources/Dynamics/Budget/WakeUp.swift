import Synchronization

/// Lets one task sleep until a time or until somebody wakes it, whichever comes first. A call that comes while nobody sleeps is kept.
final class WakeUp: Sendable {
    private enum State {
        case quiet
        case called
        case sleeping(CheckedContinuation<Void, Never>)
    }
    private let state = Mutex(State.quiet)

    func call() {
        let sleeper: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard case .sleeping(let continuation) = state else {
                state = .called
                return nil
            }
            state = .quiet
            return continuation
        }
        sleeper?.resume()
    }

    /// - Parameter deadline: nil sleeps until somebody calls. Returns at once when the task is cancelled.
    func sleep(until deadline: ContinuousClock.Instant?) async {
        await withTaskGroup(of: Void.self) { group in
            if let deadline {
                group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
            }
            group.addTask { await self.listen() }
            await group.next()
            group.cancelAll()
        }
    }

    private func listen() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCalled: Bool = state.withLock { state in
                    if case .called = state {
                        state = .quiet
                        return true
                    }
                    if Task.isCancelled { return true }
                    state = .sleeping(continuation)
                    return false
                }
                if isCalled { continuation.resume() }
            }
        } onCancel: {
            let sleeper: CheckedContinuation<Void, Never>? = state.withLock { state in
                guard case .sleeping(let continuation) = state else { return nil }
                state = .quiet
                return continuation
            }
            sleeper?.resume()
        }
    }
}
