import Foundation
import Logging
import Synchronization

/// Where scenarios play: puts what has happened into both vendors, and the rest when its time has come.
public final class ScenarioStage: Sendable {
    private struct State {
        var request: ScenarioRequest?
        var script = ScenarioScript()
        /// Changes still to come, the next one first.
        var coming: ArraySlice<PlannedChange> = []
        /// Grows with each load and reset, so that a sleeping player looks again.
        var edition = 0
        var wake: [CheckedContinuation<Void, Never>] = []
        var finished = false
    }

    let enreach: EnreachCloud
    let dataverse: Dataverse
    let clock: SimulatedClock
    let webhooks: WebhookSender
    private let logger: Logger
    private let seed: UInt64
    private let state = Mutex(State())

    init(
        enreach: EnreachCloud, dataverse: Dataverse, clock: SimulatedClock, webhooks: WebhookSender, seed: UInt64,
        logger: Logger
    ) {
        self.enreach = enreach
        self.dataverse = dataverse
        self.clock = clock
        self.webhooks = webhooks
        self.seed = seed
        self.logger = logger
    }

    /// What a loaded scenario must come to.
    public var expectations: [CallExpectation] { state.withLock { $0.script.expectations } }
    /// Of a list that is never polled, only what was told of and taken can be expected; the rest stays as it is in Enreach. What came before
    /// anybody could be told is left to the hub: it catches up once, when it starts, with what is shown by then.
    public var callbackExpectations: [CallbackExpectation] {
        let script = script
        let unpolled = Set(script.callbackWorld.profiles.filter { $0.method == "webhook" }.map(\.listID))
        guard !unpolled.isEmpty else { return script.callbackExpectations }
        let (told, since) = (webhooks.toldCallbacks, webhooks.targetSince ?? .distantFuture)
        let taken = Set(phoneCalls(ofCallbacks: true).compactMap { UUID(uuidString: $0[callbackColumn].string ?? "") })
        return script.callbackExpectations.map { expectation in
            guard unpolled.contains(expectation.listID), expectation.state != .untouched, !told.contains(expectation.id) else {
                return expectation
            }
            if expectation.readyAt < since, taken.contains(expectation.id) { return expectation }
            var untold = expectation
            (untold.state, untold.group, untold.closed) = (.untouched, nil, false)
            return untold
        }
    }

    /// Changes that have not happened yet.
    public var changesLeft: Int { state.withLock { $0.coming.count } }

    public var request: ScenarioRequest? { state.withLock { $0.request } }

    var script: ScenarioScript { state.withLock { $0.script } }

    /// Empties Enreach's calls and the plan; Dynamics is emptied as well.
    public func reset() {
        enreach.reset()
        dataverse.reset()
        state.withLock { state in
            state.request = nil
            state.script = ScenarioScript()
            state.coming = []
        }
    }

    /// Writes the script, seeds both vendors and applies what already lies in the past. Replaces the scenario before.
    @discardableResult
    public func load(_ request: ScenarioRequest) async throws -> ScenarioSummary {
        reset()
        let began = clock.now
        let script = ScenarioScript.write(request, seed: request.seed ?? seed, now: began, speed: clock.speed)
        try seedDataverse(script.people, unmatched: request.unmatchedPeople)
        try seedQueues(script.callbackWorld)
        enreach.set(users: script.people.enreachUsers, queues: script.people.queues)
        enreach.set(callbackLists: script.callbackWorld.lists)
        state.withLock { state in
            state.request = request
            state.script = script
            state.coming = script.changes[...]
        }
        try apply(due(by: began), webhooks: false)
        wakeUp()
        logger.info("scenario loaded", metadata: ["name": "\(request.name.rawValue)", "calls": "\(script.expectations.count)"])
        return ScenarioSummary(request: request, script: script, changesLeft: changesLeft)
    }

    /// Plays until cancelled or finished.
    func run() async {
        while !Task.isCancelled, !state.withLock({ $0.finished }) {
            let (next, edition) = state.withLock { ($0.coming.first?.at, $0.edition) }
            guard let next else {
                await changed(since: edition)
                continue
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.clock.wait(until: next) }
                group.addTask { await self.changed(since: edition) }
                await group.next()
                group.cancelAll()
            }
            do {
                try apply(due(by: clock.now), webhooks: true)
            } catch {
                logger.error("a change of the scenario failed", metadata: ["error": "\(error)"])
            }
        }
    }

    func finish() {
        state.withLock { $0.finished = true }
        wakeUp()
    }

    // MARK: Pieces

    private func due(by instant: Date) -> ArraySlice<PlannedChange> {
        state.withLock { state in
            let end = state.coming.firstIndex { $0.at > instant } ?? state.coming.endIndex
            defer { state.coming = state.coming[end...] }
            return state.coming[..<end]
        }
    }

    private func apply(_ changes: ArraySlice<PlannedChange>, webhooks sends: Bool) throws {
        let queues = enreach.queues
        let own = Set(enreach.users.flatMap { [$0.workNumber, $0.mobileNumber].compactMap { $0 } })
        var calls: [CallEventRecord] = []
        var serviceCalls: [ServiceCallRecord] = []
        var callbacks: [CallbackRecord] = []
        func flush() {
            if !callbacks.isEmpty { enreach.add(callbacks, tells: sends) }
            callbacks = []
            if !calls.isEmpty { enreach.add(calls) }
            if !serviceCalls.isEmpty { enreach.add(serviceCalls) }
            calls = []
            serviceCalls = []
        }
        for planned in changes {
            switch planned.change {
            case .call(let event):
                calls.append(event)
                if sends {
                    enreach.routing.inbound(
                        event, queueNumber: queues.first { $0.id == event.answerQueueID }?.numbers.first,
                        isInternal: event.aNumber.map(own.contains) ?? false)
                }
                if sends { webhooks.callEnded(event, queue: event.answerQueueID.flatMap { id in queues.first { $0.id == id } }) }
            case .serviceCall(let call):
                serviceCalls.append(call)
            case .privacy(let call, let privacy):
                flush()
                enreach.alter(call: call, at: planned.at) { $0.privacy = privacy }
            case .recording(let call, let user, let id):
                flush()
                enreach.alter(call: call, user: user, at: planned.at) { $0.recordingIDs.append(id) }
            case .callback(let callback):
                callbacks.append(callback)
            case .sidebar(let phoneCall):
                try write(phoneCall)
            }
        }
        flush()
    }

    private func wakeUp() {
        let sleepers = state.withLock { state in
            state.edition += 1
            defer { state.wake = [] }
            return state.wake
        }
        for sleeper in sleepers { sleeper.resume() }
    }

    /// Returns when something was loaded since then, at the end, or when cancelled.
    private func changed(since edition: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goOn = state.withLock { state -> Bool in
                    if state.finished || Task.isCancelled || state.edition != edition { return true }
                    state.wake.append(continuation)
                    return false
                }
                if goOn { continuation.resume() }
            }
        } onCancel: {
            wakeUp()
        }
    }
}
