public import Foundation
import Synchronization

/// Callback lists and requests: what stands in them, from outside the API.
extension EnreachCloud {
    public func set(callbackLists lists: [CallbackListRecord]) { state.withLock { $0.callbacks.lists = lists } }

    public var callbackLists: [CallbackListRecord] { state.withLock { $0.callbacks.lists } }
    public var callbackCount: Int { state.withLock { $0.callbacks.count } }

    /// Every callback request, visible or not.
    public var callbacks: [CallbackRecord] {
        state.withLock { $0.callbacks.records(CallbackStore.Filter(), visibleAt: .distantFuture) }
    }

    public func callback(_ id: UUID) -> CallbackRecord? {
        state.withLock { $0.callbacks.record(id, visibleAt: .distantFuture) }
    }

    /// Adds requests. They show `visibleAfter` seconds after their time of change, and are told of at once.
    public func add(_ callbacks: [CallbackRecord], tells: Bool = true) {
        state.withLock { state in
            state.callbacks.reserve(callbacks.count)
            for callback in callbacks {
                let late = faults.strike(.late, on: .enreach).map { $0.seconds ?? 120 } ?? 0
                state.callbacks.insert(callback, visibleFrom: callback.modified + state.visibleAfter + late)
            }
        }
        guard tells else { return }
        for callback in callbacks { tell(callback, .created) }
    }

    /// Changes a request as somebody in Enreach would, and tells of it. False: there is none, or nothing changed.
    @discardableResult
    public func alter(callback id: UUID, at instant: Date? = nil, _ change: (inout CallbackRecord) -> Void) -> Bool {
        let changed = state.withLock { state in
            state.callbacks.change(id, at: instant ?? clock.now) { record in
                let before = record
                change(&record)
                return record != before
            }
        }
        guard let changed else { return false }
        tell(changed, changed.state == .closed ? .closed : .updated)
        return true
    }

    /// Closes what has expired by now, and tells of it.
    public func expireCallbacks() {
        let expired = state.withLock { $0.callbacks.expire(by: clock.now) }
        for callback in expired { tell(callback, .closed) }
    }

    /// Calls the body with each change from now on.
    func onCallbackChange(_ body: @escaping @Sendable (CallbackRecord, CallbackEvent) -> Void) {
        state.withLock { $0.callbackObserver = body }
    }

    func tell(_ callback: CallbackRecord, _ event: CallbackEvent) {
        state.withLock({ $0.callbackObserver })?(callback, event)
    }
}
