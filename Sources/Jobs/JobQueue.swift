public import Postgres

/// Puts jobs into the queue.
///
/// Two steps, because a transaction that notifies can't share its flush to disk with others: `enqueue` inside the transaction
/// that is the reason for the jobs, `ring` after its commit. Without the second the jobs are found by polling.
public struct JobQueue: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Adds jobs in the caller's transaction and returns their ids in the same order; for a unique job that is there already, that
    /// job's id. Jobs with keys wait for other transactions that are enqueueing the same key.
    public func enqueue(_ jobs: [NewJob], on connection: Connection) async throws -> [Int64] {
        guard let request = JobStore.enqueue(jobs) else { return [] }
        let rows = try await connection.query(request.statement, request.parameters)
        return try rows[0].decode([Int64].self)
    }

    /// Adds jobs in a transaction of their own and rings.
    @discardableResult
    public func enqueue(_ jobs: [NewJob]) async throws -> [Int64] {
        guard let request = JobStore.enqueue(jobs) else { return [] }
        let ids = try await database.query(request.statement, request.parameters)[0].decode([Int64].self)
        for queue in Set(jobs.map(\.queue)) { await ring(queue) }
        return ids
    }

    /// Wakes the workers of a queue if one of them sleeps. Call it after the commit. Never throws: polling stands behind it.
    public func ring(_ queue: String = "default") async {
        _ = try? await database.query(JobStore.ring, [queue])
    }
}
