import Dispatch
import Foundation
import Metrics
import NIOCore
import Routing

/// What belongs to one event loop: what it answers from, and what it has yet to hand on. Only on the loop's thread.
final class RouteLoop {
    let eventLoop: any EventLoop
    let settings: RouteSettings
    let shared: RouteShared
    var snapshot = RouterSnapshot.empty
    /// Lookups in the database that are under way.
    var inFlight = 0
    private var records: [DecisionRecord] = []
    private var connections: [ObjectIdentifier: any Sweepable] = [:]

    init(_ eventLoop: any EventLoop, settings: RouteSettings, shared: RouteShared) {
        (self.eventLoop, self.settings, self.shared) = (eventLoop, settings, shared)
        records.reserveCapacity(1024)
    }

    /// Milliseconds since 1970.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    static func ticks() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

    // MARK: Decisions

    func record(_ record: DecisionRecord) {
        records.append(record)
        if records.count >= 1024 { handOver() }
    }

    /// Called many times a second.
    func handOver() {
        guard !records.isEmpty else { return }
        shared.queue.add(records)
        records.removeAll(keepingCapacity: true)
    }

    // MARK: Connections

    var connectionCount: Int { connections.count }

    func add(_ connection: some Sweepable) { connections[ObjectIdentifier(connection)] = connection }
    func remove(_ connection: some Sweepable) { connections[ObjectIdentifier(connection)] = nil }

    /// Ends connections that took too long; called every second.
    func sweep(at now: UInt64) {
        for connection in Array(connections.values) { connection.sweep(at: now) }
    }

    func closeIdle() {
        for connection in Array(connections.values) { connection.drain() }
    }
}

/// A connection with a patience.
protocol Sweepable: AnyObject {
    func sweep(at now: UInt64)
    /// No more requests after the present one.
    func drain()
}

/// What the loops share.
final class RouteShared: Sendable {
    let queue: DecisionQueue
    let freshness: Freshness
    let lookups: LookupBatcher?
    let counters: RouterCounters

    init(queue: DecisionQueue, freshness: Freshness, lookups: LookupBatcher?, counters: RouterCounters) {
        (self.queue, self.freshness, self.lookups, self.counters) = (queue, freshness, lookups, counters)
    }
}

/// How the router serves.
struct RouteSettings: Sendable {
    enum Keeping: String, Sendable { case all, routed, none }

    var mostBody = 65_536
    var deadline: TimeAmount = .milliseconds(500)
    var mostInFlight = 1024
    var mostConnections = 20_000
    /// A request must have come this long after its first byte, and a connection may be idle for so long. Nanoseconds.
    var requestPatience: UInt64 = 10_000_000_000
    var idlePatience: UInt64 = 75_000_000_000
    var keeping = Keeping.all
}

/// The state of every event loop.
final class RouteLoops: Sendable {
    private let bound: [NIOLoopBound<RouteLoop>]

    init(group: some EventLoopGroup, settings: RouteSettings, shared: RouteShared) async throws {
        var bound: [NIOLoopBound<RouteLoop>] = []
        for loop in group.makeIterator() {
            bound.append(
                try await loop.submit { NIOLoopBound(RouteLoop(loop, settings: settings, shared: shared), eventLoop: loop) }.get()
            )
        }
        self.bound = bound
        for state in bound {
            state.eventLoop.execute {
                let loop = state.value
                let hold = NIOLoopBound(loop, eventLoop: state.eventLoop)
                state.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(50), delay: .milliseconds(50)) { _ in
                    hold.value.handOver()
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
    func replace(_ snapshot: RouterSnapshot) async {
        for state in bound {
            try? await state.eventLoop.submit { state.value.snapshot = snapshot }.get()
        }
    }

    func drain() async {
        for state in bound { try? await state.eventLoop.submit { state.value.closeIdle() }.get() }
    }

    func handOver() async {
        for state in bound { try? await state.eventLoop.submit { state.value.handOver() }.get() }
    }
}
