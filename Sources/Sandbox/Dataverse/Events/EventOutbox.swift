import Synchronization

/// Delivers webhooks to loopback addresses. What ends in 502, 503 or 504 is tried exactly once more; any other failure, or
/// a second one, leaves a failed system job and nothing else.
final class EventOutbox: Sendable {
    /// What became of webhooks.
    struct Figures: Sendable, Codable {
        var delivered = 0
        var failed = 0
        var lost = 0
        /// Posts, second tries and duplicates as well.
        var posts = 0
    }

    private static let laneCount = 16
    /// Simulated seconds to wait for an answer.
    private static let patience = 60.0

    private let lanes: [(stream: AsyncStream<EventDelivery>, continuation: AsyncStream<EventDelivery>.Continuation)]
    private let state = Mutex(Figures())
    private let faults: DataverseWebhookFaultDecision?

    init(faults: DataverseWebhookFaultDecision?) {
        self.faults = faults
        lanes = (0..<Self.laneCount).map { _ in AsyncStream.makeStream(of: EventDelivery.self) }
    }

    var figures: Figures { state.withLock { $0 } }

    func send(_ deliveries: [EventDelivery]) {
        for delivery in deliveries { lanes[Int(delivery.row.low % UInt64(Self.laneCount))].continuation.yield(delivery) }
    }

    /// Delivers until cancelled.
    func run(_ dataverse: Dataverse) async {
        await withDiscardingTaskGroup { group in
            for lane in lanes {
                group.addTask {
                    for await delivery in lane.stream { await self.deliver(delivery, dataverse) }
                }
            }
        }
    }

    private func deliver(_ delivery: EventDelivery, _ dataverse: Dataverse) async {
        switch faults?("\(delivery.message)/\(delivery.table)") {
        case .lose:
            state.withLock { $0.lost += 1 }
            return
        case .delay(let seconds): await dataverse.clock.sleep(seconds: seconds)
        case .duplicate: _ = await post(delivery, dataverse)
        case nil: break
        }
        var status = await post(delivery, dataverse)
        var retries = 0
        if let first = status, (502...504).contains(first) {
            retries = 1
            status = await post(delivery, dataverse)
        }
        let succeeded = status.map { (200..<300).contains($0) } ?? false
        state.withLock { figures in
            if succeeded { figures.delivered += 1 } else { figures.failed += 1 }
        }
        if !succeeded || delivery.keepsJob { dataverse.noteJob(delivery, status: status, succeeded: succeeded, retries: retries) }
    }

    private func post(_ delivery: EventDelivery, _ dataverse: Dataverse) async -> Int? {
        state.withLock { $0.posts += 1 }
        return await LoopbackClient(patience: Self.patience / max(dataverse.clock.speed, 0.001))
            .post(delivery.body, to: delivery.url, headers: delivery.headers)
    }
}

extension Dataverse {
    /// Delivers webhooks until cancelled.
    func runWebhooks() async { await outbox.run(self) }

    /// The system job of a delivery.
    fileprivate func noteJob(_ delivery: EventDelivery, status: Int?, succeeded: Bool, retries: Int) {
        let now = unixTime
        environment.withLock { environment in
            environment.insert(
                "asyncoperation", environment.store.random.guid(),
                [
                    "name": .text(delivery.step), "messagename": .text(delivery.message), "statecode": .integer(3),
                    "statuscode": .integer(succeeded ? 30 : 31), "retrycount": .integer(Int64(retries)),
                    "message": succeeded
                        ? .null : .text("The webhook call failed: \(status.map { "HTTP status \($0)" } ?? "no answer")."),
                    "createdon": .date(now), "modifiedon": .date(now),
                ])
        }
    }
}
