import FoundationEssentials
public import Postgres

/// What operators do with jobs.
public struct JobAdmin: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Jobs that fit: first the unfinished, by number, newest first; then those of the past, the last to finish first.
    ///
    /// However long a queue or the history is, a page without further conditions reads as many rows as it shows. A kind, tenant, key,
    /// queue or code is looked for on the way, without an index of its own, as far as the filter's reach.
    public func list(_ filter: JobFilter = JobFilter()) async throws -> [JobRecord] { try await page(filter).jobs }

    /// The same, and where it goes on.
    public func page(_ filter: JobFilter) async throws -> JobPage {
        let tables = JobListing.holding(filter.states)
        let requests = tables.map { Request($0.statement, parameters(filter, of: $0, limit: filter.limit + 1)) }
        // Where the walk through a table ended before its end.
        let ends = filter.reach.map { reach in tables.map { reached($0, filter, behind: reach - 1) } }
        let answers = try await database.pipeline([Request(JobListing.walk)] + requests + (ends ?? []))
        var page = JobPage.Parts(limit: filter.limit)
        for (table, rows) in zip(tables, answers.dropFirst()) { page.add(try rows.map(JobRecord.init), isPast: table == .past) }
        for (table, rows) in zip(tables, answers.dropFirst(1 + tables.count)) {
            guard let row = rows.first else { continue }
            let (id, finished) = try row.decode(Int64.self, Date?.self)
            page.reached(id: id, finishedAt: finished, isPast: table == .past)
        }
        return page.page
    }

    /// How many fit, counted to `limit` in all and as far as the filter's reach in each table.
    public func count(_ filter: JobFilter, limit: Int) async throws -> JobTally {
        let tables = JobListing.holding(filter.states)
        let counts = tables.map { Request($0.count, parameters(filter, of: $0, limit: limit)) }
        let ends = filter.reach.map { reach in tables.map { reached($0, filter, behind: reach) } }
        let answers = try await database.pipeline([Request(JobListing.walk)] + counts + (ends ?? []))
        let jobs = Int(try Self.sum(answers.dropFirst().prefix(tables.count)))
        let isCutShort = jobs >= limit || answers.dropFirst(1 + tables.count).contains { !$0.isEmpty }
        return JobTally(jobs: min(limit, jobs), isCutShort: isCutShort)
    }

    /// How many fit, whatever the filter's limit and reach: reads each table that may hold some from end to end, so it takes the longer
    /// the more stand there.
    public func total(_ filter: JobFilter) async throws -> Int {
        let requests = JobListing.holding(filter.states).map { table in
            Request(
                table.total,
                [states(filter, of: table), filter.kind, filter.tenant, filter.key, filter.queue] + further(filter))
        }
        return Int(try Self.sum(try await database.pipeline(requests)[...]))
    }

    /// The order number that was given last. A job is given one when it is enqueued and whenever its state changes.
    public func lastOrder() async throws -> Int64 {
        try await database.query(AdminStore.lastOrder)[0].decode(Int64.self)
    }

    private static func sum(_ answers: ArraySlice<Rows>) throws -> Int64 {
        try answers.reduce(0) { try $0 + $1[0].decode(Int64.self) }
    }

    private func parameters(_ filter: JobFilter, of table: JobListing, limit: Int) -> [any PostgresEncodable] {
        [
            states(filter, of: table), filter.kind, filter.tenant, filter.key, filter.queue, limit, filter.after?.id,
            filter.after?.finishedAt, filter.reach.map { Int64($0) },
        ] + further(filter)
    }

    private func further(_ filter: JobFilter) -> [any PostgresEncodable] {
        [filter.code, filter.since, filter.lane.map { Int32($0.rawValue) }, filter.errorGroup, filter.payload]
    }

    /// Nil when all that stands in the table fits: a row's state is not looked at then.
    private func states(_ filter: JobFilter, of table: JobListing) -> [String]? {
        filter.states.flatMap { table.states.isSubset(of: $0) ? nil : $0 }
    }

    private func reached(_ table: JobListing, _ filter: JobFilter, behind rows: Int) -> Request {
        Request(table.reached, [filter.after?.id, filter.after?.finishedAt, Int64(rows)])
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
