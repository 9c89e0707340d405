import Synchronization

/// The trouble that is switched on, and the seeded draw that decides whom it strikes. Both vendors consult it.
///
/// The server itself acts on `refuse`, `slow`, `cutBefore`, `cutAfter`, the 5xx kinds, `truncate` and `garbage` for every
/// side. The kinds with a vendor's own shape (throttles, tokens, list order) are drawn by that vendor.
public final class FaultPlan: Sendable {
    private struct State {
        var faults: [Entry] = []
        var generator: SeededGenerator
        var struck: [String: Int] = [:]
    }

    private struct Entry {
        var fault: Fault
        var left: Int
    }

    private let state: Mutex<State>
    private let seed: UInt64

    public init(_ faults: [Fault] = [], seed: UInt64 = 1) {
        self.seed = seed
        state = Mutex(State(generator: SeededGenerator(seed: seed, purpose: "faults")))
        replace(with: faults)
    }

    public var faults: [Fault] {
        state.withLock { $0.faults.map(\.fault) }
    }

    /// How often each kind has struck, keyed `side.kind`.
    public var struck: [String: Int] {
        state.withLock { $0.struck }
    }

    /// Sets the whole plan. The draw starts anew from the given seed, or from the plan's own.
    public func replace(with faults: [Fault], seed: UInt64? = nil) {
        state.withLock { state in
            state.faults = faults.map { Entry(fault: $0, left: $0.times ?? .max) }
            state.generator = SeededGenerator(seed: seed ?? self.seed, purpose: "faults")
        }
    }

    public func add(_ fault: Fault) {
        state.withLock { $0.faults.append(Entry(fault: fault, left: fault.times ?? .max)) }
    }

    /// Draws for one occasion: the fault of that kind which strikes here, or nil.
    public func strike(_ kind: FaultKind, on side: FaultSide, path: String = "") -> Fault? {
        first(of: [kind], on: side, path: path)
    }

    /// Draws for one occasion among several kinds: the first in the order of the plan that strikes.
    public func first(of kinds: Set<FaultKind>, on side: FaultSide, path: String = "", body: [UInt8] = []) -> Fault? {
        state.withLock { state in
            for index in state.faults.indices {
                let fault = state.faults[index].fault
                guard fault.side == side, kinds.contains(fault.kind), state.faults[index].left > 0 else { continue }
                if let wanted = fault.path, !path.contains(wanted) { continue }
                if let wanted = fault.body, !String(decoding: body, as: UTF8.self).contains(wanted) { continue }
                guard fault.rate >= 1 || state.generator.chance(fault.rate) else { continue }
                state.faults[index].left -= 1
                state.struck["\(side.rawValue).\(fault.kind.rawValue)", default: 0] += 1
                return fault
            }
            return nil
        }
    }
}
