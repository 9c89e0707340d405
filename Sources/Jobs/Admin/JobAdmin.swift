public import Postgres

/// What operators do with jobs.
public struct JobAdmin: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Jobs as hub.jobs shows them, newest first.
    public func list(_ filter: JobFilter = JobFilter()) async throws -> [JobRecord] {
        let rows = try await database.query(
            AdminStore.list, [filter.states, filter.kind, filter.tenant, filter.key, filter.queue, filter.limit])
        return try rows.map(JobRecord.init)
    }

    /// One job, wherever it stands; nil when there is none or its history was dropped.
    public func show(_ id: Int64) async throws -> JobRecord? {
        try await database.query(AdminStore.show, [id]).first.map(JobRecord.init)
    }

    /// Dead jobs begin again, jobs that wait for a time become due. Returns the ids of those that were so.
    public func retry(_ ids: [Int64]) async throws -> [Int64] {
        let retried = try await database.query(AdminStore.retry, [ids])[0].decode([Int64].self)
        try await ring(retried)
        return retried
    }

    /// Ends jobs that are not running at the moment. Returns the ids of those that were not.
    public func cancel(_ ids: [Int64], note: String) async throws -> [Int64] {
        try await database.query(AdminStore.cancel, [ids, note])[0].decode([Int64].self)
    }

    /// Stops claiming a kind (nil: every kind) of a tenant (nil: every tenant). Jobs that run now run on.
    public func pause(kind: String? = nil, tenant: Int32? = nil, reason: String, by operator: String) async throws {
        try await database.execute(AdminStore.pause, [kind, tenant, reason, `operator`])
    }

    /// Ends a pause. Returns how many jobs it had held that no other pause holds.
    @discardableResult
    public func resume(kind: String? = nil, tenant: Int32? = nil) async throws -> Int {
        let resumed = try await database.query(AdminStore.resume, [kind, tenant])[0].decode(Int64.self)
        return Int(resumed)
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

    public init(
        states: [String]? = nil, kind: String? = nil, tenant: Int32? = nil, key: String? = nil, queue: String? = nil,
        limit: Int = 50
    ) {
        self.states = states
        self.kind = kind
        self.tenant = tenant
        self.key = key
        self.queue = queue
        self.limit = limit
    }
}
