import Directory
import Dynamics
import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants
import Tracing
import Traces

/// `call.write`: decides about calls and brings them into Dynamics, a batch at a time.
struct CallWriteHandler: JobHandler {
    static let kind = JobKinds.write

    let core: CallWriting
    /// Six writes of 25 share one read.
    var batchSize: Int { 150 }
    /// Enough requests on offer, beside those that read and write the database, for the service's own limits to be what holds them back.
    var concurrency: Int { 24 }
    var gather: Duration? { CallWriting.gather }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        try await core.handle(jobs, logger: context.logger)
    }
}

/// `call.withdraw`: takes back calls that are no longer classed as work. It decides anew like ``CallWriteHandler``, because the class may
/// have changed once more; its jobs are kept apart so that an operator sees, and may pause, what deletes records.
struct CallWithdrawHandler: JobHandler {
    static let kind = JobKinds.withdraw

    let core: CallWriting
    var batchSize: Int { 100 }
    var concurrency: Int { 1 }
    var gather: Duration? { CallWriting.gather }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        try await core.handle(jobs, logger: context.logger)
    }
}

/// `call.relate`: links calls that were linked to nobody, or to somebody else before an administrator decided.
struct CallRelateHandler: JobHandler {
    static let kind = JobKinds.relate

    let core: CallWriting
    var batchSize: Int { 100 }
    var concurrency: Int { 2 }
    var gather: Duration? { CallWriting.gather }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        try await core.handle(jobs, isRelating: true, logger: context.logger)
    }
}

/// What they do.
struct CallWriting: Sendable {
    let database: Database
    let book: TenantBook
    let health: TenantHealth
    let instance: UUID
    private var directory: DirectoryLookup { DirectoryLookup(database: database) }
    let now: @Sendable () -> Date = { Date() }

    /// Requests to Dynamics are what is scarce: under load calls share them.
    static let gather = Duration.seconds(1)

    static let recordsOf = Statement(
        "call_records_of", "SELECT activity_id, call_id FROM hub.call WHERE tenant_id = $1 AND activity_id = ANY ($2)")
    static let statements = [StoredCall.load, recordsOf]

    /// - Parameter isRelating: the jobs only ask whom the calls are with.
    func handle(_ jobs: [Job], isRelating: Bool = false, logger: Logger) async throws -> JobResults {
        guard let first = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(first.tenant) else {
            return JobResults(otherwise: .cancelled("there is no tenant \(first.tenant)"))
        }
        return try await ServiceContext.withLogFields(["tenant": tenant.name]) {
            try await handle(jobs, tenant, lane: first.lane, isRelating: isRelating, logger: logger)
        }
    }

    private func handle(
        _ jobs: [Job], _ tenant: TenantSituation, lane: Lane, isRelating: Bool, logger: Logger
    ) async throws -> JobResults {
        guard let connection = health.usable(tenant) else { return JobResults(otherwise: TenantHealth.putOff()) }
        // Without people every call would go to the wrong owner.
        guard tenant.peopleAreKnown else { return JobResults(otherwise: .snooze(until: now().addingTimeInterval(1))) }
        let (works, gone) = try await load(jobs, tenant, isRelating: isRelating)
        let known = try await directory.datedKnowledge(of: works.filter(\.action.needsParty).map(\.call.facts.other), tenant)
        var verdicts: [CallVerdict] = []
        do {
            let writer = try await writer(tenant, connection, lane, works, known.parties)
            // Of a call that failed for the first time its next attempt is soon enough.
            verdicts = try await health.isolating(
                tenant.name, works, job: \.job, isSuspect: { $0.call.errorCode != nil },
                failed: { .failed($0, .transient($1), $2) }, attempt: writer.write)
        } catch let error as EnreachError {
            return JobResults(otherwise: health.failed(tenant.name, error))
        }
        report(verdicts, of: works, tenant, logger)
        var outcomes = gone
        for (work, verdict) in zip(works, verdicts) { outcomes[work.job.id] = verdict.outcome }
        return JobResults(
            outcomes: outcomes,
            effects: effects(verdicts.compactMap(\.result), tenant, version: isRelating ? nil : known.version))
    }

    /// - Parameter version: of the directory, when it was looked at; nil: the calls are not looked at again.
    private func effects(
        _ results: [CallResult], _ tenant: TenantSituation, version: Int64?
    ) -> [@Sendable (Connection) async throws -> Void] {
        let requests = CallResultStore.requests(results, tenant: tenant, instance: instance)
        guard !requests.isEmpty else { return [] }
        let calls = results.filter { $0.state.hasRecord && $0.matchRule != nil }.map(\.call)
        guard let version, !calls.isEmpty else { return [{ connection in _ = try await connection.pipeline(requests) }] }
        let queue = JobQueue(database: database)
        return [
            { connection in
                try await CallMatchStore.store(
                    requests, calls: calls, version: version, tenant: tenant, queue: queue, on: connection)
            }
        ]
    }

    private func load(
        _ jobs: [Job], _ tenant: TenantSituation, isRelating: Bool
    ) async throws -> ([CallWork], [Int64: JobOutcome]) {
        let ids = jobs.compactMap { $0.key.flatMap(UUID.init(hyphenated:)) }
        let rows = try await database.query(StoredCall.load, [tenant.id, ids])
        var calls = Dictionary(minimumCapacity: rows.count) as [UUID: StoredCall]
        for row in rows {
            let call = try StoredCall(row, numbers: tenant.numbers)
            calls[call.id] = call
        }
        var works: [CallWork] = []
        var gone: [Int64: JobOutcome] = [:]
        for job in jobs {
            if let id = job.key.flatMap(UUID.init(hyphenated:)), let call = calls.removeValue(forKey: id) {
                works.append(work(job, call, tenant, isRelating: isRelating))
            } else {
                gone[job.id] = .cancelled("the hub has no such call any more")
            }
        }
        return (works, gone)
    }

    private func work(_ job: Job, _ call: StoredCall, _ tenant: TenantSituation, isRelating: Bool) -> CallWork {
        let action = CallAction(for: call, settings: tenant.settings, people: tenant.people, isForced: isRelating)
        // What else may be due has a job of its own.
        if isRelating, !action.isUpdate { return CallWork(job: job, call: call, action: .leave, isRelating: true) }
        return CallWork(job: job, call: call, action: action, isRelating: isRelating)
    }

    private func writer(
        _ tenant: TenantSituation, _ connection: TenantConnection, _ lane: Lane, _ works: [CallWork], _ parties: PartyKnowledge
    ) async throws -> CallWriter {
        let needsAddress = works.contains { !$0.call.facts.recordingIDs.isEmpty }
        return CallWriter(
            tenant: tenant, connection: connection, lane: BudgetLane(rawValue: lane.rawValue) ?? .live,
            parties: parties,
            apiAddress: needsAddress ? try await connection.apiAddress() : "",
            callsOfRecords: { [database] records in
                var calls: [UUID: UUID] = [:]
                for row in try await database.query(Self.recordsOf, [tenant.id, records]) {
                    let (record, call) = try row.decode(UUID.self, UUID.self)
                    calls[record] = call
                }
                return calls
            }, now: now)
    }

    /// Metrics, log, and the tenant's line on `/health/ready`.
    private func report(_ verdicts: [CallVerdict], of works: [CallWork], _ tenant: TenantSituation, _ logger: Logger) {
        for figure in CallResult.HourFigure.allCases {
            CallMetrics.finished("\(figure)", verdicts.count { $0.result?.figure == figure }, tenant: tenant.name)
        }
        for (work, verdict) in zip(works, verdicts) {
            work.job.inItsTrace(log: ["call": work.call.id.lowercase]) {
                if let latency = verdict.result?.latency { CallMetrics.latency(latency, tenant: tenant.name) }
                verdict.tell(logger)
            }
        }
        if let trouble = verdicts.lazy.compactMap(\.trouble).first {
            health.ill(tenant.name, trouble)
        } else if verdicts.contains(where: { $0.result?.touchedRecord == true }) {
            health.well(tenant.name, .dynamics)
        }
    }
}

extension CallVerdict {
    /// One line for each call; only those that need somebody are shown unless one asks for more.
    fileprivate func tell(_ logger: Logger) {
        let state = result?.state.rawValue
        switch outcome {
        case .dead(let failure):
            logger.warning(
                "A call was given up", metadata: ["code": "\(failure.code)", "reason": "\(failure.message.maskingNumbers)"])
        case .retry(_, let failure):
            logger.debug("A call is tried again", metadata: ["code": "\(failure.code)"])
        case .done, .snooze, .cancelled:
            logger.debug("A call was decided", metadata: ["state": "\(state ?? "unchanged")"])
        }
    }
}
