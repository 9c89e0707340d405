import Foundation
import Logging
import Synchronization

/// Sends notifications: one after the other for each user and queue, again after a failure, and with whatever trouble is switched on.
final class WebhookSender: Sendable {
    /// What became of one notification.
    struct Delivery: Codable, Sendable {
        var id: UUID
        var event: String
        var attempts: Int
        /// The last answer's status; nil when there was none.
        var status: Int?
        /// `delivered`, `failed` or `lost`.
        var outcome: String
    }

    private struct State {
        var target: WebhookTarget?
        /// When a target was set for the first time; nil: never.
        var targetSince: Date?
        var generator: SeededGenerator
        var delivered = 0
        var failed = 0
        var lost = 0
        var last: [Delivery] = []
        /// Held back, to be sent after the next one.
        var held: Webhook?
        /// Requests of which the hub took the news.
        var toldCallbacks: Set<UUID> = []
    }

    /// Waits before the second, third and fourth try, in simulated seconds.
    private static let waits = [1.0, 5.0, 25.0]
    private static let laneCount = 8

    private let clock: SimulatedClock
    private let faults: FaultPlan
    private let organization: UUID
    private let names: EnreachCallbackNames
    private let client: WebhookClient
    private let state: Mutex<State>
    private let lanes: [(stream: AsyncStream<Webhook>, continuation: AsyncStream<Webhook>.Continuation)]

    init(configuration: EnreachCloudConfiguration, clock: SimulatedClock, faults: FaultPlan, logger: Logger) {
        self.clock = clock
        self.faults = faults
        organization = configuration.organizationID
        names = configuration.names.callbacks
        client = WebhookClient(logger: logger)
        state = Mutex(
            State(
                target: configuration.webhook, targetSince: configuration.webhook.map { _ in clock.now },
                generator: SeededGenerator(seed: configuration.seed, purpose: "webhooks")))
        lanes = (0..<Self.laneCount).map { _ in AsyncStream.makeStream(of: Webhook.self) }
    }

    var target: WebhookTarget? {
        get { state.withLock { $0.target } }
        set {
            state.withLock { state in
                state.target = newValue
                if newValue != nil, state.targetSince == nil { state.targetSince = clock.now }
            }
        }
    }

    /// Since when somebody could be told; nil: nobody ever could.
    var targetSince: Date? { state.withLock { $0.targetSince } }

    /// Requests whose creation was told, and the news taken.
    var toldCallbacks: Set<UUID> { state.withLock { $0.toldCallbacks } }

    /// Tells, when an address is set, that a call ended.
    func callEnded(_ event: CallEventRecord, queue: EnreachQueueRecord?) {
        guard target != nil else { return }
        let id = state.withLock { $0.generator.id() }
        guard let webhook = Webhook.callEnded(event, id: id, organization: organization, queue: queue) else { return }
        send(webhook)
    }

    /// Tells, when an address is set, that something happened to a callback request.
    func callbackChanged(_ callback: CallbackRecord, _ event: CallbackEvent) {
        guard target != nil else { return }
        let id = state.withLock { $0.generator.id() }
        send(Webhook.callback(callback, event, id: id, organization: organization, names: names))
    }

    /// Sends it, with what trouble is switched on.
    private func send(_ webhook: Webhook) {
        if faults.strike(.lose, on: .webhook) != nil {
            note(Delivery(id: webhook.id, event: webhook.event, attempts: 0, status: nil, outcome: "lost"))
            return
        }
        if faults.strike(.reorder, on: .webhook) != nil {
            let before = state.withLock { state in
                defer { state.held = webhook }
                return state.held
            }
            if let before { enqueue(before) }
            return
        }
        enqueue(webhook)
        if faults.strike(.duplicate, on: .webhook) != nil { enqueue(webhook) }
        let held = state.withLock { state in
            defer { state.held = nil }
            return state.held
        }
        if let held { enqueue(held) }
    }

    /// Sends until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for lane in lanes {
                group.addTask {
                    for await webhook in lane.stream { await self.deliver(webhook) }
                }
            }
        }
    }

    struct Figures: Codable, Sendable {
        var target: WebhookTarget?
        var delivered: Int
        var failed: Int
        var lost: Int
        var last: [Delivery]
    }

    var figures: Figures {
        state.withLock {
            Figures(
                target: $0.target, delivered: $0.delivered, failed: $0.failed, lost: $0.lost, last: Array($0.last.suffix(100)))
        }
    }

    private func enqueue(_ webhook: Webhook) {
        lanes[Int(webhook.entity.uuid.15) % lanes.count].continuation.yield(webhook)
    }

    private func deliver(_ webhook: Webhook) async {
        guard let target else { return }
        if let delay = faults.strike(.delay, on: .webhook) { await clock.sleep(seconds: delay.seconds ?? 30) }
        var status: Int?
        for attempt in 1...(Self.waits.count + 1) {
            status = await client.post(webhook, to: target)
            if let status, (200..<300).contains(status) {
                if let callback = webhook.newCallback { _ = state.withLock { $0.toldCallbacks.insert(callback) } }
                note(Delivery(id: webhook.id, event: webhook.event, attempts: attempt, status: status, outcome: "delivered"))
                return
            }
            if attempt > Self.waits.count || Task.isCancelled { break }
            await clock.sleep(seconds: Self.waits[attempt - 1])
        }
        note(
            Delivery(
                id: webhook.id, event: webhook.event, attempts: Self.waits.count + 1, status: status, outcome: "failed"))
    }

    private func note(_ delivery: Delivery) {
        state.withLock { state in
            switch delivery.outcome {
            case "delivered": state.delivered += 1
            case "lost": state.lost += 1
            default: state.failed += 1
            }
            if state.last.count >= 500 { state.last.removeFirst(250) }
            state.last.append(delivery)
        }
    }
}
