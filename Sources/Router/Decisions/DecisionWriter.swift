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
    let logger: Logger
    /// Number of the last row.
    private let number = Atomic<Int64>(0)

    init(queue: DecisionQueue, database: Database, instance: UUID, masks: Bool, logger: Logger) {
        (self.queue, self.database, self.instance, self.masks, self.logger) = (queue, database, instance, masks, logger)
    }

    private static let batch = 1000

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                if await self.writeBatch() { failures = 0 } else { failures = min(failures + 1, 6) }
                if self.queue.count < Self.batch || failures > 0 {
                    try? await Task.sleep(for: .milliseconds(failures == 0 ? 200 : 250 << failures))
                }
            }
        }
        // What is left, once.
        while queue.count > 0, await writeBatch() {}
    }

    /// False when it could not be written.
    private func writeBatch() async -> Bool {
        let records = queue.take(Self.batch)
        guard !records.isEmpty else { return true }
        var rows: [DecisionRow] = []
        for record in records {
            rows.append(DecisionRow(record, number: number.wrappingAdd(1, ordering: .relaxed).newValue, masked: masks))
        }
        do {
            let finished = rows
            try await database.withConnection { try await DecisionStore.write(finished, instance: instance, on: $0) }
            RouterMetrics.decisionsWritten.increment(by: Int64(records.count))
            return true
        } catch {
            logger.warning(
                "Decisions could not be written", metadata: ["error": "\(error)", "waiting": "\(records.count + queue.count)"])
            queue.giveBack(records)
            return false
        }
    }
}
