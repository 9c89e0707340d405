public import Foundation

/// The simulated vendors' time: what their clocks show, and how fast it runs.
public protocol SandboxClock: Sendable {
    /// The wall clock. It may be set, skewed or bound.
    var now: Date { get }
    /// Simulated seconds since the start: runs `speed` times as fast as real time, is never set back, and takes
    /// part in jumps forward. Windows and limits count on it.
    var elapsed: Double { get }
    /// Simulated seconds in one real second.
    var speed: Double { get }
    /// Waits that many simulated seconds; returns early when the task is cancelled.
    func sleep(seconds: Double) async
}
