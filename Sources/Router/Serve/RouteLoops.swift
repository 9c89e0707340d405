import CScheduling
import NIOCore

/// The state of every event loop.
final class RouteLoops: Sendable {
    private let bound: [NIOLoopBound<RouteLoop>]
    private let drainPatience: Duration
    /// Nanoseconds that a loop's thread wants at a time.
    static let turn: UInt64 = 100_000

    init(group: some EventLoopGroup, settings: RouteSettings, shared: RouteShared) async throws {
        var bound: [NIOLoopBound<RouteLoop>] = []
        for loop in group.makeIterator() {
            bound.append(
                try await loop.submit { NIOLoopBound(RouteLoop(loop, settings: settings, shared: shared), eventLoop: loop) }.get()
            )
        }
        self.bound = bound
        drainPatience = settings.drainPatience
        for state in bound {
            state.eventLoop.execute {
                // A caller's question is answered at once also while numbers are read anew, on a machine that has no processor to spare.
                // What the kernel says to it, RouterProgram tells once.
                _ = scheduling_prefer_short_turns(Self.turn)
                let loop = state.value
                let hold = NIOLoopBound(loop, eventLoop: state.eventLoop)
                state.eventLoop.scheduleRepeatedTask(initialDelay: RouteLoop.round, delay: RouteLoop.round) { _ in
                    hold.value.comeBy(at: RouteLoop.ticks())
                }
                state.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
                    hold.value.sweep(at: RouteLoop.ticks())
                }
            }
        }
    }

    /// The state of a loop; only on that loop.
    func state(of eventLoop: any EventLoop) -> RouteLoop {
        for state in bound where state.eventLoop === eventLoop { return state.value }
        preconditionFailure("an event loop of another group")
    }

    /// Gives every loop a new snapshot and returns when all have it.
    func replace(_ snapshot: RouterSnapshot) async { await forEach { $0.snapshot = snapshot } }

    /// One of the loops.
    var anyEventLoop: (any EventLoop)? { bound.first?.eventLoop }

    /// Connections that are open now.
    func connectionCount() async -> Int {
        var count = 0
        for state in bound { count += (try? await state.eventLoop.submit { state.value.connectionCount }.get()) ?? 0 }
        return count
    }

    /// Tells every connection that it is to end after what is under way, and ends those that take too long over it.
    func drain() async {
        await forEach { $0.drain() }
        let clock = ContinuousClock()
        let end = clock.now + drainPatience
        while await connectionCount() > 0, clock.now < end { try? await clock.sleep(for: .milliseconds(20)) }
        await forEach { $0.abort() }
    }

    func handOver() async { await forEach { $0.handOver() } }

    private func forEach(_ body: @escaping @Sendable (RouteLoop) -> Void) async {
        for state in bound { try? await state.eventLoop.submit { body(state.value) }.get() }
    }
}
