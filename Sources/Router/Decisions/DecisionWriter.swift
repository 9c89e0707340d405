import Foundation
import Logging
import Metrics
import Postgres
import Routing
import Runtime
import ServiceLifecycle
import Synchronization

/// Writes decisions behind the answers, in batches. While the database is away they wait, up to a number; then they are counted, not waited for.
final class DecisionWriter: Service {
    let queue: DecisionQueue
    let database: Database
    let instance: UUID
    /// Whether numbers of people are masked.
    let masks: Bool
    let erasures: DecisionErasures
    let logger: Logger
    /// Number of the last row.
    private let number = Atomic<Int64>(0)

    init(
        queue: DecisionQueue, database: Database, instance: UUID, masks: Bool, erasures: DecisionErasures = DecisionErasures(),
        logger: Logger
    ) {
        (self.queue, self.database, self.instance, self.masks, self.logger) = (queue, database, instance, masks, logger)
        self.erasures = erasures
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            var backlog: DecisionBacklog?
            while !Task.isCancelled {
                if await self.writeBatch() { failures = 0 } else { failures = min(failures + 1, 6) }
                let left = self.queue.count
                if failures > 0 || left < DecisionQueue.bundle {
                    backlog = nil
                    try? await Task.sleep(for: .milliseconds(failures == 0 ? 100 : 250 << failures))
                } else {
                    let now = ContinuousClock.now
                    let waiting = backlog ?? DecisionBacklog(count: left, at: now)
                    backlog = waiting
                    try? await Task.sleep(for: waiting.pause(left: left, at: now))
                }
            }
        }
        // What is left, once.
        while queue.count > 0, await writeBatch() {}
    }

    /// False when it could not be written.
    private func writeBatch() async -> Bool {
        let records = queue.take()
        guard !records.isEmpty else { return true }
        let first = number.wrappingAdd(Int64(records.count), ordering: .relaxed).oldValue + 1
        do {
            // Numbers that were erased meanwhile: once more, without them.
            while try await !write(records, numbersFrom: first) {}
            RouterMetrics.decisionsWritten.increment(by: Int64(records.count))
            return true
        } catch {
            logger.warning(
                "Decisions could not be written", metadata: ["error": "\(error)", "waiting": "\(records.count + queue.count)"])
            queue.giveBack(records)
            return false
        }
    }

    /// False when nothing was written, because some of the numbers were erased meanwhile.
    private func write(_ records: [DecisionRecord], numbersFrom first: Int64) async throws -> Bool {
        let rows = records.enumerated().map { index, record in
            DecisionRow(record, number: first + Int64(index), masked: masks, keepsCaller: erasures.keeps(record))
        }
        do {
            try await database.withTransaction { connection in
                try await DecisionStore.write(rows, instance: instance, on: connection)
                guard try await erasures.isCurrent(Set(records.map(\.tenant)), on: connection) else { throw ErasedMeanwhile() }
            }
        } catch is ErasedMeanwhile {
            return false
        }
        return true
    }

    private struct ErasedMeanwhile: Error {}
}
