public import Foundation
import Synchronization

/// The sandbox's clock: real time by default; it can be bound to an instant, moved, and made to run its windows faster.
///
/// The wall clock (`now`) keeps the pace of real time even when `speed` is not 1: programs under test live by the real
/// clock, so what carries a date must too. `elapsed` and `sleep` run `speed` times as fast: limits, delays, life times.
public final class SimulatedClock: SandboxClock {
    private struct State {
        /// What `now` showed at `anchor`.
        var shown: Date
        var anchor: Double
        var bound = false
        var speed: Double
        /// What `elapsed` was at `anchor`.
        var passed = 0.0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        /// Grows with each change, so that nobody sleeps through one.
        var edition = 0

        func shownNow(_ real: Double) -> Date {
            bound ? shown : shown + (real - anchor)
        }

        func elapsedNow(_ real: Double) -> Double {
            passed + (real - anchor) * speed
        }

        /// Takes what both clocks show now as the point from which they go on.
        mutating func rebase(_ real: Double) {
            shown = shownNow(real)
            passed = elapsedNow(real)
            anchor = real
        }
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - start: what the wall clock shows now; nil is the real time.
    ///   - speed: simulated seconds in a real second, for `elapsed` and `sleep`.
    public init(start: Date? = nil, speed: Double = 1) {
        state = Mutex(State(shown: start ?? Date(), anchor: Self.realSeconds(), speed: max(speed, 0.001)))
    }

    public var now: Date {
        state.withLock { $0.shownNow(Self.realSeconds()) }
    }

    public var elapsed: Double {
        state.withLock { $0.elapsedNow(Self.realSeconds()) }
    }

    public var speed: Double {
        state.withLock { $0.speed }
    }

    public var isBound: Bool {
        state.withLock { $0.bound }
    }

    public func sleep(seconds: Double) async {
        guard seconds > 0 else { return }
        try? await Task.sleep(for: .seconds(seconds / speed))
    }

    /// Stops the wall clock at an instant, or at the one it shows.
    public func bind(at instant: Date? = nil) {
        change { state, real in
            state.rebase(real)
            state.shown = instant ?? state.shown
            state.bound = true
        }
    }

    /// Lets a bound wall clock run on from what it shows.
    public func release() {
        change { state, real in
            state.rebase(real)
            state.bound = false
        }
    }

    /// Moves both the wall clock and `elapsed` forward; a negative value moves only the wall clock, back.
    public func advance(by seconds: Double) {
        change { state, real in
            state.rebase(real)
            state.shown += seconds
            state.passed += max(seconds, 0)
        }
    }

    /// Sets the wall clock to an instant; `elapsed` goes on as it was.
    public func set(to instant: Date) {
        change { state, real in
            state.rebase(real)
            state.shown = instant
        }
    }

    public func run(atSpeed speed: Double) {
        change { state, real in
            state.rebase(real)
            state.speed = max(speed, 0.001)
        }
    }

    /// Waits until the wall clock shows that instant, however it gets there. Returns early when the task is cancelled.
    public func wait(until instant: Date) async {
        while !Task.isCancelled {
            let (left, edition) = state.withLock { state -> (Double?, Int) in
                let now = state.shownNow(Self.realSeconds())
                guard now < instant else { return (nil, state.edition) }
                return (state.bound ? .infinity : instant.timeIntervalSince(now), state.edition)
            }
            guard let left else { return }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.changed(since: edition) }
                if left.isFinite {
                    group.addTask { try? await Task.sleep(for: .seconds(left)) }
                }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Returns when somebody has changed the clock since then, or when the task is cancelled.
    private func changed(since edition: Int) async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goOn = state.withLock { state -> Bool in
                    if Task.isCancelled || state.edition != edition { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if goOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    private func change(_ body: (inout State, Double) -> Void) {
        let waiters = state.withLock { state in
            body(&state, Self.realSeconds())
            state.edition += 1
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    private static let reference = ContinuousClock.now

    private static func realSeconds() -> Double {
        let passed = reference.duration(to: .now)
        return passed / .seconds(1)
    }
}
