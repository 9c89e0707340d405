import Foundation
import Synchronization

/// Asks for each inbound call where it shall go, as Enreach's core does, follows the answers from number to number, and counts.
public final class SmartRoutingCaller: Sendable {
    private struct Call: Sendable {
        var id: UUID?
        var anum: String
        var bnum: String
        var isInternal: Bool
    }

    private struct State {
        var target: SmartRoutingTarget?
        var figures = SmartRoutingFigures()
        var seen: Set<UUID> = []
    }

    /// Questions about one call before it counts as lost in a loop.
    private static let mostHops = 12
    /// Calls asked about at once.
    private static let lanes = 8

    private let client = SmartRoutingClient()
    private let state = Mutex(State())
    private let calls = AsyncStream.makeStream(of: Call.self)

    init() {}

    /// Whom to ask; nil asks nobody. Setting it begins the count anew.
    public var target: SmartRoutingTarget? {
        get { state.withLock { $0.target } }
        set { state.withLock { $0 = State(target: newValue) } }
    }

    public var figures: SmartRoutingFigures { state.withLock { $0.figures } }

    /// An inbound call has come; several events of one call ask once.
    ///
    /// - Parameter isInternal: the caller is one of the organisation's own.
    func inbound(_ event: CallEventRecord, queueNumber: String?, isInternal: Bool = false) {
        guard event.inbound, let bnum = queueNumber ?? event.bNumber else { return }
        let asks = state.withLock { state in
            guard state.target != nil else { return false }
            if let id = event.callID, !state.seen.insert(id).inserted { return false }
            state.figures.asked += 1
            return true
        }
        if asks {
            calls.continuation.yield(Call(id: event.callID, anum: event.aNumber ?? "", bnum: bnum, isInternal: isInternal))
        }
    }

    /// Asks until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.lanes {
                group.addTask { [calls, self] in
                    for await call in calls.stream { await self.route(call) }
                }
            }
        }
    }

    private func route(_ call: Call) async {
        guard let target = target else { return }
        var bnum = call.bnum
        var visited: Set<String> = []
        var outcome = SmartRoutingFigures()
        if call.isInternal { outcome.internals += 1 }
        if target.targetIDs?[bnum] != nil { outcome.named += 1 }
        hops: for hop in 0..<Self.mostHops {
            guard visited.insert(bnum).inserted else {
                outcome.loops += 1
                break
            }
            let began = ContinuousClock.now
            let answer = await client.ask(
                anum: call.anum, bnum: bnum, targetID: target.targetIDs?[bnum], callID: call.id, isInternal: call.isInternal,
                of: target)
            let took = Double(began.duration(to: .now) / .microseconds(1)) / 1000
            outcome.total += took
            outcome.slowest = max(outcome.slowest, took)
            switch answer {
            case .standard:
                if hop == 0 { outcome.standard += 1 }
                break hops
            case .target(let next, let fail):
                if hop == 0 { outcome.rerouted += 1 }
                if next.hasPrefix("DISCONNECT:") {
                    outcome.disconnected += 1
                    break hops
                }
                if next == bnum {
                    outcome.errors += 1
                    outcome.faults.append("\(bnum) was answered for itself")
                    break hops
                }
                guard Self.overflows(call, hop, target.overflow ?? 0) else {
                    bnum = next
                    continue
                }
                outcome.overflowed += 1
                // Without a target for it the default goes on, and nobody is asked again.
                guard let fail else { break hops }
                if fail == bnum || fail == next {
                    outcome.errors += 1
                    outcome.faults.append("calls for \(bnum) overflow to where they came from")
                    break hops
                }
                bnum = fail
            case .failure(let what):
                outcome.errors += 1
                outcome.faults.append(what)
                break hops
            }
        }
        add(outcome)
    }

    /// Whether a call finds nobody where it was sent: chance that repeats itself with the call's id.
    private static func overflows(_ call: Call, _ hop: Int, _ percent: Int) -> Bool {
        guard percent > 0, let id = call.id?.uuid else { return false }
        return (Int(id.14) << 8 + Int(id.15) + hop * 37) % 100 < percent
    }

    private func add(_ outcome: SmartRoutingFigures) {
        state.withLock { state in
            state.figures.answered += 1
            state.figures.standard += outcome.standard
            state.figures.rerouted += outcome.rerouted
            state.figures.disconnected += outcome.disconnected
            state.figures.overflowed += outcome.overflowed
            state.figures.named += outcome.named
            state.figures.internals += outcome.internals
            state.figures.errors += outcome.errors
            state.figures.loops += outcome.loops
            state.figures.total += outcome.total
            state.figures.slowest = max(state.figures.slowest, outcome.slowest)
            if state.figures.faults.count < 20 { state.figures.faults += outcome.faults }
        }
    }
}
