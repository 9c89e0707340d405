public import Foundation
import Synchronization

/// An organisation in Enreach Cloud, in memory: discovery, users, queues, calls, service calls,
/// recordings, transcripts, callback requests.
///
/// It answers from what stands in it and is visible by its clock; whoever plays a scenario puts things in.
public final class EnreachCloud: Sendable {
    struct State {
        var account: EnreachAccount
        var users: [EnreachUserRecord] = []
        var queues: [EnreachQueueRecord] = []
        var calls = TimeIndexedStore<CallEventRecord>(
            modified: \.modified, start: \.start, callID: \.callID)
        var serviceCalls = TimeIndexedStore<ServiceCallRecord>(
            modified: \.modified, start: { $0.start }, callID: \.callID)
        var transcriptPolls: [UUID: Int] = [:]
        var recordings: Set<UUID> = []
        var transcripts: Set<UUID> = []
        var callbacks = CallbackStore()
        var callbackObserver: (@Sendable (CallbackRecord, CallbackEvent) -> Void)?
        var visibleAfter: Double
        /// Times of the last requests, for the rate limit.
        var recent: [Double] = []
    }

    public let configuration: EnreachCloudConfiguration
    public let clock: SkewedClock
    /// Asks a router what to do with each inbound call, where one is set.
    public let routing = SmartRoutingCaller()
    let faults: FaultPlan
    let state: Mutex<State>

    public init(configuration: EnreachCloudConfiguration = .init(), clock: SkewedClock, faults: FaultPlan) {
        self.configuration = configuration
        self.clock = clock
        self.faults = faults
        state = Mutex(State(account: configuration.account, visibleAfter: configuration.visibleAfter))
    }

    // MARK: What stands in it

    public func set(users: [EnreachUserRecord], queues: [EnreachQueueRecord]) {
        state.withLock { state in
            state.users = users
            state.queues = queues
        }
    }

    public var users: [EnreachUserRecord] { state.withLock { $0.users } }
    public var queues: [EnreachQueueRecord] { state.withLock { $0.queues } }
    public var callEventCount: Int { state.withLock { $0.calls.count } }

    /// Seconds from a change to the moment the API shows it.
    public var visibleAfter: Double {
        get { state.withLock { $0.visibleAfter } }
        set { state.withLock { $0.visibleAfter = newValue } }
    }

    public var account: EnreachAccount {
        get { state.withLock { $0.account } }
        set { state.withLock { $0.account = newValue } }
    }

    /// Adds events. They show `visibleAfter` seconds after their modification time, or later where the fault `late` strikes.
    public func add(_ events: [CallEventRecord]) {
        state.withLock { state in
            state.calls.reserve(events.count)
            for event in events {
                state.calls.insert(event, visibleFrom: visibleFrom(event.modified, state))
                state.recordings.formUnion(event.recordingIDs)
                state.transcripts.formUnion(event.transcriptIDs)
            }
        }
    }

    public func add(_ serviceCalls: [ServiceCallRecord]) {
        state.withLock { state in
            state.serviceCalls.reserve(serviceCalls.count)
            for call in serviceCalls {
                state.serviceCalls.insert(call, visibleFrom: visibleFrom(call.modified, state))
            }
        }
    }

    /// Changes the events of a call, all of them or those of one user, and stamps them with a modification time.
    @discardableResult
    public func alter(
        call: UUID, user: UUID? = nil, at instant: Date? = nil, _ change: (inout CallEventRecord) -> Void
    ) -> Int {
        let modified = instant ?? clock.now
        return state.withLock { state in
            let changed = state.calls.alter(call: call, visibleFrom: visibleFrom(modified, state)) { event in
                guard user == nil || event.userID == user else { return false }
                change(&event)
                event.modified = modified
                return true
            }
            for event in state.calls.records(call: call, visibleAt: .distantFuture) {
                state.recordings.formUnion(event.recordingIDs)
                state.transcripts.formUnion(event.transcriptIDs)
            }
            return changed
        }
    }

    /// Every event of a call, visible or not.
    public func events(ofCall id: UUID) -> [CallEventRecord] {
        state.withLock { $0.calls.records(call: id, visibleAt: .distantFuture) }
    }

    /// Empties it; account and settings stay.
    public func reset() {
        state.withLock { state in
            let observer = state.callbackObserver
            state = State(account: state.account, visibleAfter: state.visibleAfter)
            state.callbackObserver = observer
        }
    }

    private func visibleFrom(_ modified: Date, _ state: State) -> Date {
        let late = faults.strike(.late, on: .enreach).map { $0.seconds ?? 120 } ?? 0
        return modified + state.visibleAfter + late
    }
}
