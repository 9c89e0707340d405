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
    /// When the loop last came by; it does many times a second, unless something holds it up.
    private(set) var cameBy = RouteLoop.ticks()
    private let mostHeldUp: UInt64
    private var records: [DecisionRecord] = []
    private var connections: [ObjectIdentifier: any Sweepable] = [:]

    init(_ eventLoop: any EventLoop, settings: RouteSettings, shared: RouteShared) {
        (self.eventLoop, self.settings, self.shared) = (eventLoop, settings, shared)
        mostHeldUp = UInt64((settings.deadline + Self.round).nanoseconds)
        records.reserveCapacity(DecisionQueue.bundle)
    }

    /// How often the loop comes by.
    static let round = TimeAmount.milliseconds(50)

    /// What is done each round.
    func comeBy(at now: UInt64) {
        cameBy = now
        handOver()
    }

    /// Whether a question may have waited for longer than its deadline before the loop came to it: it has not come by for so long.
    func wasHeldUp(at now: UInt64) -> Bool { now > cameBy && now - cameBy > mostHeldUp }

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
        if records.count >= DecisionQueue.bundle { handOver() }
    }

    func handOver() {
        guard !records.isEmpty else { return }
        shared.queue.add(records)
        if records.count > DecisionQueue.bundle / 2 {
            // They were handed over as they are.
            records = []
            records.reserveCapacity(DecisionQueue.bundle)
        } else {
            records.removeAll(keepingCapacity: true)
        }
    }

    // MARK: Connections

    var connectionCount: Int { connections.count }

    func admit(_ connection: any Sweepable) -> Bool {
        guard connections.count < settings.mostConnections else {
            shared.counters.turnedAway()
            return false
        }
        connections[ObjectIdentifier(connection)] = connection
        return true
    }

    func remove(_ connection: any Sweepable) { connections[ObjectIdentifier(connection)] = nil }

    /// Ends connections that took too long; called every second.
    func sweep(at now: UInt64) {
        for connection in Array(connections.values) { connection.sweep(at: now) }
    }

    func drain() {
        for connection in Array(connections.values) { connection.drain() }
    }

    func abort() {
        for connection in Array(connections.values) { connection.abort() }
    }
}

/// What the loops share.
final class RouteShared: Sendable {
    let queue: DecisionQueue
    let lookups: LookupBatcher?
    let counters: RouterCounters

    init(queue: DecisionQueue, lookups: LookupBatcher?, counters: RouterCounters) {
        (self.queue, self.lookups, self.counters) = (queue, lookups, counters)
    }
}
