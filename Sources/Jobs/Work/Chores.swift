internal import Logging
internal import Postgres

/// Looks twice a second whether a chore is due that no other worker has done: retries and schedules whose time has come, lost workers, keys
/// to hand on; and now and then the depth and the space of the tables.
struct Chores {
    let database: Database
    let queue: Int16
    let signal: Signal
    let configuration: JobWorkerConfiguration
    let logger: Logger

    func run() async {
        var turn = 0
        while !Task.isCancelled {
            do {
                try await tend()
                if turn % 10 == 0 { try await measure() }
            } catch {
                if !Task.isCancelled { logger.warning("jobs: a chore failed", metadata: ["error": "\(error)"]) }
            }
            turn += 1
            try? await Task.sleep(for: configuration.tend * Double.random(in: 0.75...1.25))
        }
    }

    private func tend() async throws {
        for row in try await database.query(WorkStore.tend) {
            let (queue, jobs) = try row.decode(Int16?.self, Int64.self)
            guard jobs > 0 else { continue }
            if queue ?? self.queue == self.queue { signal.ring() }
            _ = try await database.query(WorkStore.ring, [queue ?? self.queue])
        }
    }

    private func measure() async throws {
        _ = try await database.query(WorkStore.count)
        guard try await database.query(WorkStore.compactDue)[0].decode(Bool.self) else { return }
        for row in try await database.query(WorkStore.compact) {
            let (relation, live, before, after) = try row.decode(String.self, Int64.self, Int64.self, Int64.self)
            logger.info(
                "jobs: compacted a table whose dead rows could not be cleaned up",
                metadata: ["table": "\(relation)", "live": "\(live)", "bytes_before": "\(before)", "bytes_after": "\(after)"])
        }
    }
}
