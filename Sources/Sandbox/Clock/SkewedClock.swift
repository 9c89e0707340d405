public import Foundation
import Synchronization

/// One vendor's own idea of the time: another clock, some seconds off.
public final class SkewedClock: SandboxClock {
    private let base: SimulatedClock
    private let offset = Mutex(0.0)

    public init(_ base: SimulatedClock) {
        self.base = base
    }

    /// Seconds by which this clock is ahead of the sandbox's; negative is behind.
    public var skew: Double {
        get { offset.withLock { $0 } }
        set { offset.withLock { $0 = newValue } }
    }

    public var now: Date { base.now + skew }
    public var elapsed: Double { base.elapsed }
    public var speed: Double { base.speed }

    public func sleep(seconds: Double) async {
        await base.sleep(seconds: seconds)
    }

    /// Waits until this clock shows that instant.
    public func wait(until instant: Date) async {
        await base.wait(until: instant - skew)
    }
}
