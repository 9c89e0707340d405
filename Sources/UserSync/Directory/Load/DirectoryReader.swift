import Directory
package import Dynamics
import FoundationEssentials
import Jobs
package import Logging
import Model
package import Postgres
package import Tenants

/// Reads one table of a tenant into the directory, step by step. Whatever it was doing when it was killed goes on from the last page stored.
package struct DirectoryReader: Sendable {
    let table: DirectoryTable
    let tenant: TenantSituation
    let dynamics: DynamicsClient
    let database: Database
    let logger: Logger

    /// How long a job works on a load before it lets others go first.
    let stretch: Duration
    /// Rows in one answer.
    let pageSize: Int
    /// Tables that the environment does not have: without them the directory is complete all the same.
    let absent: Set<DirectoryTable>
    static let sweepPortion: Int32 = 2000

    package init(
        table: DirectoryTable, tenant: TenantSituation, dynamics: DynamicsClient, database: Database, logger: Logger,
        stretch: Duration = .seconds(20), pageSize: Int = 5000, absent: Set<DirectoryTable> = []
    ) {
        self.table = table
        self.tenant = tenant
        self.dynamics = dynamics
        self.database = database
        self.logger = logger
        self.stretch = stretch
        self.pageSize = pageSize
        self.absent = absent
    }

    private var columns: DirectoryColumns { DirectoryColumns(table, settings: tenant.settings, region: tenant.region) }
    private var isWanted: Bool { DirectoryTable.wanted(tenant.settings).contains(table) }

    package enum Progress: Sendable { case upToDate, more }

    /// Works until nothing is left to do, or the stretch is over.
    package func work() async throws -> Progress {
        let start = ContinuousClock.now
        var ahead: PageAhead?
        defer { ahead?.cancel() }
        while true {
            let state = try await LoadStore.state(table, tenant: tenant.id, database: database)
            switch LoadStep(state, isWanted: isWanted, fingerprint: columns.fingerprint) {
            case .rest: return .upToDate
            case .begin(let reason): try await begin(state, reason)
            case .leave:
                try await one(database.execute(LoadStore.leave, [tenant.id, table.rawValue, state.generation]))
            case .load(let link): try await load(state, link, &ahead)
            case .sweep: try await sweep(state)
            case .track(let link):
                guard try await track(state, link) else { continue }
                // The instance that ended the load may have been killed before it noted that.
                try await noteCompleteness()
                return .upToDate
            }
            try Task.checkCancellation()
            if ContinuousClock.now - start >= stretch { return .more }
        }
    }

    private func begin(_ state: LoadState, _ reason: String) async throws {
        logger.info("A full load begins", metadata: ["table": "\(table.rawValue)", "reason": "\(reason)"])
        try await one(
            database.execute(
                LoadStore.begin, [tenant.id, table.rawValue, state.generation, columns.fingerprint, reason]))
        try await noteCompleteness()
    }

    // MARK: Pages

    /// One page of a full load; the next one is asked for while it is stored.
    private func load(_ state: LoadState, _ link: String?, _ ahead: inout PageAhead?) async throws {
        let page = try await next(link, &ahead)
        if let next = page.nextLink { ahead = PageAhead(next) { try await read(next, lane: .backfill) } }
        guard page.nextLink != nil || page.deltaLink != nil else {
            throw DynamicsError(.malformed, "The environment's last page has no link for changes.")
        }
        try await store(page, state, asked: link, phase: page.nextLink == nil ? .sweeping : .loading)
    }

    private func next(_ link: String?, _ ahead: inout PageAhead?) async throws -> DirectoryPage {
        defer { ahead = nil }
        do {
            if let ahead, ahead.link == link { return try await ahead.page() }
            ahead?.cancel()
            return try await read(link, lane: .backfill)
        } catch let error as DynamicsError where link != nil && (error.code == .refused || error.isExpiredLink) {
            // The address of a page may not hold for ever.
            let reason = "the address of a page was refused"
            try await database.execute(LoadStore.wantResync, [tenant.id, [table.rawValue], reason])
            throw error
        }
    }

    /// Pages of changes until there are no more. False: the link is good for nothing any more; what is read next is noted.
    private func track(_ state: LoadState, _ link: String) async throws -> Bool {
        var (state, link) = (state, link)
        var isStored = true
        while true {
            let page: DirectoryPage
            do {
                page = try await read(link, lane: .late)
            } catch let error as DynamicsError where error.isExpiredLink || error.code == .refused && !error.tracksNoChanges {
                if !error.isExpiredLink, isStored, link == state.nextLink, state.deltaLink != nil {
                    // Only the address of a page among the changes, kept since another run: they are read again from where they begin.
                    logger.info("The changes are read again from their beginning", metadata: ["table": "\(table.rawValue)"])
                    try await one(
                        database.execute(LoadStore.turnBack, [tenant.id, table.rawValue, state.generation, link]))
                    return false
                }
                // One that was good for nothing from the first is no reason to read everything again and again.
                guard error.isExpiredLink || state.mayResync else { throw error }
                let reason = error.isExpiredLink ? "the link for changes has expired" : "the link for changes was refused"
                try await database.execute(LoadStore.wantResync, [tenant.id, [table.rawValue], reason])
                return false
            }
            isStored = false
            try await store(page, state, asked: link, phase: .tracking)
            state.mayResync = true
            state.nextLink = page.nextLink
            state.deltaLink = page.deltaLink ?? state.deltaLink
            guard let next = page.nextLink else { return true }
            link = next
        }
    }

    private func read(_ link: String?, lane: BudgetLane) async throws -> DirectoryPage {
        try await DirectoryPage.read(columns, link: link, size: pageSize, from: dynamics, lane: lane)
    }

    /// Rows and links go together: after a crash the page is either stored or read again.
    private func store(_ page: DirectoryPage, _ state: LoadState, asked link: String?, phase: LoadState.Phase) async throws {
        let isLoad = state.phase == .loading
        let rows = DirectoryRow.all(page.rows, without: tenant.erased)
        var rings = false
        try await database.withTransaction { connection in
            if state.hasCompleted { _ = try await connection.query(DirectoryNews.lock, [tenant.id]) }
            let ids = rows.map(\.id)
            let stored = ids.isEmpty ? [:] : try await EntryStore.stored(ids, tenant: tenant.id, on: connection)
            let change = PageChange(rows, stored: stored, isNewLoad: isLoad)
            try await one(
                connection.execute(
                    LoadStore.page,
                    [
                        tenant.id, table.rawValue, state.generation, state.phase.rawValue, link, phase.rawValue, page.nextLink,
                        page.deltaLink, Int64(page.rows.count), Int64(change.inserted - change.removed.count),
                        Int64(page.unreadable),
                    ]))
            var requests = EntryStore.apply(change, table: table, generation: state.generation, tenant: tenant.id)
            // What a first load brings is read as a whole when it has ended.
            if state.hasCompleted, !change.isEmpty { requests.append(EntryStore.tell(change, tenant: tenant.id)) }
            requests.append(ErasureFence.request(tenant.id))
            let answers = try await connection.pipeline(requests)
            try ErasureFence.check(answers[answers.count - 1], tenant.erasures)
            if state.hasCompleted, change.gainsNumbers { rings = try await enqueueMatching(on: connection) }
        }
        if rings { await JobQueue(database: database).ring(DirectoryJobs.matchCallsQueue) }
    }

    // MARK: Sweeping

    /// Removes some of what the load did not see; at the end changes are tracked from where the load began.
    private func sweep(_ state: LoadState) async throws {
        let isFirst = !state.hasCompleted
        var rings = false
        try await database.withTransaction { connection in
            _ = try await connection.query(DirectoryNews.lock, [tenant.id])
            let nobody = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
            let gone = try await connection.query(
                EntryStore.unseen,
                [tenant.id, table.rawValue, state.generation, state.sweptTo ?? nobody, Self.sweepPortion]
            ).map { try $0[0].decode(UUID.self) }
            let isLast = gone.count < Int(Self.sweepPortion)
            let phase: LoadState.Phase = isLast ? (isWanted && !state.columns.isEmpty ? .tracking : .off) : .sweeping
            try await one(
                connection.execute(
                    LoadStore.swept,
                    [tenant.id, table.rawValue, state.generation, phase.rawValue, gone.last, Int64(gone.count)]))
            let stored = try await EntryStore.stored(gone, tenant: tenant.id, on: connection)
            let change = PageChange(gone.map { .deleted($0) }, stored: stored, isNewLoad: true)
            var requests = EntryStore.apply(change, table: table, generation: state.generation, tenant: tenant.id)
            if isLast, isFirst {
                requests.append(EntryStore.tellReload(tenant: tenant.id))
            } else if !change.isEmpty {
                requests.append(EntryStore.tell(change, tenant: tenant.id))
            }
            if !requests.isEmpty { _ = try await connection.pipeline(requests) }
            if isLast, isFirst { rings = try await enqueueMatching(on: connection) }
        }
        try await noteCompleteness()
        if rings { await JobQueue(database: database).ring(DirectoryJobs.matchCallsQueue) }
    }

    private func noteCompleteness() async throws {
        let wanted = DirectoryTable.wanted(tenant.settings).subtracting(absent).map(\.rawValue).sorted()
        try await database.execute(LoadStore.complete, [tenant.id, wanted])
    }

    /// Earlier calls may be somebody's now.
    private func enqueueMatching(on connection: Connection) async throws -> Bool {
        let job = NewJob(
            kind: DirectoryJobs.matchCalls, tenant: tenant.id, key: DirectoryJobs.matchCalls, coalesce: true, lane: .late,
            maxAttempts: 8, queue: DirectoryJobs.matchCallsQueue)
        return try await !JobQueue(database: database).enqueue([job], on: connection).isEmpty
    }

    /// Another instance is at the table when its row is not as it was read.
    private func one(_ changed: Int) throws {
        if changed != 1 { throw DirectoryConflict() }
    }
}

/// Somebody else has read on meanwhile; nothing is lost.
struct DirectoryConflict: Error {}

extension DynamicsError {
    /// "Version stamp associated with the client has expired. Please perform a full sync."
    var isExpiredLink: Bool { fault?.code.lowercased() == "0x80044352" }

    /// "Entity {0} isn't enabled for change tracking."
    var tracksNoChanges: Bool { fault?.code.lowercased() == "0x80072491" }
}
