public import FoundationEssentials
public import Postgres

/// What operators do with jobs.
public struct JobAdmin: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Jobs that fit: first the unfinished, by number, newest first; then those of the past, the last to finish first.
    ///
    /// However long a queue or the history is, a page without further conditions reads as many rows as it shows. A kind, tenant, key or
    /// queue is looked for on the way, without an index of its own.
    public func list(_ filter: JobFilter = JobFilter()) async throws -> [JobRecord] {
        let tables = JobListing.holding(filter.states)
        let parameters: [any PostgresEncodable] = [
            filter.states, filter.kind, filter.tenant, filter.key, filter.queue, filter.limit, filter.after?.id,
            filter.after?.finishedAt,
        ]
        let pages = try await database.pipeline([Request(JobListing.walk)] + tables.map { Request($0.statement, parameters) })
        var (unfinished, past): ([JobRecord], [JobRecord]) = ([], [])
        for (table, rows) in zip(tables, pages.dropFirst()) {
            if table == .past { past = try rows.map(JobRecord.init) } else { unfinished += try rows.map(JobRecord.init) }
        }
        unfinished.sort { $0.id > $1.id }
        return Array((unfinished + past).prefix(filter.limit))
    }

    /// One job, wherever it stands; nil when there is none or its history was dropped.
    public func show(_ id: Int64) async throws -> JobRecord? {
        try await database.query(AdminStore.show, [id]).first.map(JobRecord.init)
    }

    /// Dead jobs begin again, jobs that wait for a time become due. Returns the ids of those that were so.
    ///
    /// - Parameter note: runs in the same transaction, as in the three calls below: what it writes and what was done are one. When it throws,
    ///   nothing was done. It may run again, when the transaction has to.
    public func retry(
        _ ids: [Int64], note: (Connection, [Int64]) async throws -> Void = { _, _ in }
    ) async throws -> [Int64] {
        let retried = try await database.withTransaction { connection in
            let retried = try await connection.query(AdminStore.retry, [ids])[0].decode([Int64].self)
            try await note(connection, retried)
            return retried
        }
        try await ring(retried)
        return retried
    }

    /// Ends jobs that are not running at the moment. Returns the ids of those that were not.
    ///
    /// - Parameters:
    ///   - reason: why, for the history.
    ///   - note: runs in the same transaction.
    public func cancel(
        _ ids: [Int64], reason: String, note: (Connection, [Int64]) async throws -> Void = { _, _ in }
    ) async throws -> [Int64] {
        try await database.withTransaction { connection in
            let cancelled = try await connection.query(AdminStore.cancel, [ids, reason])[0].decode([Int64].self)
            try await note(connection, cancelled)
            return cancelled
        }
    }

    /// Stops claiming a kind (nil: every kind) of a tenant (nil: every tenant). Jobs that run now run on.
    public func pause(
        kind: String? = nil, tenant: Int32? = nil, reason: String, by operator: String,
        note: (Connection) async throws -> Void = { _ in }
    ) async throws {
        try await database.withTransaction { connection in
            try await connection.execute(AdminStore.pause, [kind, tenant, reason, `operator`])
            try await note(connection)
        }
    }

    /// Ends a pause. Returns how many jobs it had held that no other pause holds; nil when there is no such pause, and then nothing is noted.
    @discardableResult
    public func resume(
        kind: String? = nil, tenant: Int32? = nil, note: (Connection) async throws -> Void = { _ in }
    ) async throws -> Int? {
        try await database.withTransaction { connection in
            let resumed = try await connection.query(AdminStore.resume, [kind, tenant])[0].decode(Int64?.self)
            if resumed != nil { try await note(connection) }
            return resumed.map(Int.init)
        }
    }

    public func pauses() async throws -> [JobPause] {
        try await database.query(AdminStore.pauses).map(JobPause.init)
    }

    /// How many jobs stand where, as last counted by a worker: reading this costs nothing, however long the queue.
    public func counts() async throws -> [JobCount] {
        try await database.query(AdminStore.counts).map(JobCount.init)
    }

    /// Workers at work.
    public func workers() async throws -> [JobWorkerRecord] {
        try await database.query(AdminStore.workers).map(JobWorkerRecord.init)
    }

    private func ring(_ ids: [Int64]) async throws {
        guard !ids.isEmpty else { return }
        let queue = JobQueue(database: database)
        for row in try await database.query(AdminStore.queues) { await queue.ring(try row.decode(String.self)) }
    }
}

/// Which jobs to list; nil is any.
public struct JobFilter: Sendable {
    /// States as in hub.jobs.
    public var states: [String]?
    public var kind: String?
    public var tenant: Int32?
    public var key: String?
    public var queue: String?
    public var limit: Int
    /// Where the page before ended; nil begins with the newest.
    public var after: JobPlace?

    public init(
        states: [String]? = nil, kind: String? = nil, tenant: Int32? = nil, key: String? = nil, queue: String? = nil,
        limit: Int = 50, after: JobPlace? = nil
    ) {
        self.states = states
        self.kind = kind
        self.tenant = tenant
        self.key = key
        self.queue = queue
        self.limit = limit
        self.after = after
    }
}

/// A place in a list of jobs: just after one job.
public struct JobPlace: Sendable, Hashable {
    let id: Int64
    /// Nil: among the unfinished.
    let finishedAt: Date?

    /// After an unfinished job. What follows it is told by its number alone, so it may have finished meanwhile.
    public init(unfinished id: Int64) { (self.id, finishedAt) = (id, nil) }

    /// After a job of the past.
    public init(finished id: Int64, at: Date) { (self.id, finishedAt) = (id, at) }
}
