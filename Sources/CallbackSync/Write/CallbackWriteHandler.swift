import Directory
import Dynamics
import DynamicsSolution
import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants
import Tracing
import Traces

/// `callback.write`: decides about requests and brings them into Dynamics, a batch at a time.
struct CallbackWriteHandler: JobHandler {
    static let kind = CallbackJobs.write

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    let instance: UUID
    var batchSize: Int { 100 }
    /// As many as keep the service's own limits what holds them back, with two instances at work.
    var concurrency: Int { 16 }
    var gather: Duration? { .seconds(1) }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let first = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(first.tenant) else {
            return JobResults(otherwise: .cancelled("there is no tenant \(first.tenant)"))
        }
        return try await ServiceContext.withLogFields(["tenant": tenant.name]) {
            try await handle(jobs, tenant, logger: context.logger)
        }
    }

    private func handle(_ jobs: [Job], _ tenant: TenantSituation, logger: Logger) async throws -> JobResults {
        guard let connection = health.usable(tenant) else { return JobResults(otherwise: TenantHealth.putOff()) }
        let situation = try await ProfileStore.read(tenant.id, from: database)
        let (works, gone) = try await CallbackWork.load(jobs, tenant: tenant, from: database)
        let known = try await DirectoryLookup(database: database).datedKnowledge(
            of: works.filter(\.callback.isUnwritten).map(\.callback.facts.number), tenant)
        let verdicts: [CallbackVerdict]
        do {
            let writer = try await writer(tenant, connection, situation, works, known.parties)
            verdicts = try await health.isolating(
                tenant.name, works, job: \.job, isSuspect: { $0.callback.errorCode != nil },
                failed: { .failed($0, .transient($1), $2) }, attempt: writer.write)
        } catch let error as EnreachError {
            return JobResults(otherwise: health.failed(tenant.name, error))
        }
        report(verdicts, of: works, tenant, logger)
        var outcomes = gone
        for (work, verdict) in zip(works, verdicts) { outcomes[work.job.id] = verdict.outcome }
        return JobResults(outcomes: outcomes, effects: effects(verdicts, tenant, version: known.version))
    }

    /// - Parameter version: of the directory, when it was looked at; nil: nothing is linked late.
    private func effects(
        _ verdicts: [CallbackVerdict], _ tenant: TenantSituation, version: Int64?
    ) -> [@Sendable (Connection) async throws -> Void] {
        let requests = CallbackResultStore.requests(verdicts, tenant: tenant, instance: instance)
        let jobs = CallbackResultStore.closes(verdicts, tenant: tenant.id) + CallbackResultStore.waits(verdicts, tenant: tenant)
        guard !requests.isEmpty || !jobs.isEmpty else { return [] }
        let queue = JobQueue(database: database)
        let linkable = verdicts.compactMap(\.result).filter { $0.state == .written && $0.matchRule != nil }.map(\.id)
        guard let version, !linkable.isEmpty else {
            return [
                { connection in
                    if !requests.isEmpty { _ = try await connection.pipeline(requests) }
                    _ = try await queue.enqueue(jobs, on: connection)
                }
            ]
        }
        return [
            { connection in
                let answers = try await connection.pipeline(requests + [Request(DirectoryNews.hold, [tenant.id])])
                let relating = try await CallbackMatchStore.relating(
                    linkable, held: answers[requests.count], version: version, tenant: tenant, on: connection)
                _ = try await queue.enqueue(jobs + relating, on: connection)
            }
        ]
    }

    private func writer(
        _ tenant: TenantSituation, _ connection: TenantConnection, _ situation: ProfileSituation, _ works: [CallbackWork],
        _ parties: PartyKnowledge
    ) async throws -> CallbackWriter {
        let pending = works.filter(\.callback.isUnwritten)
        let (siblings, waiting) = try await siblings(pending, tenant)
        let needsAddress = pending.contains { !$0.callback.facts.recordingIDs.isEmpty }
        return CallbackWriter(
            tenant: tenant, connection: connection, situation: situation,
            apiAddress: needsAddress ? try await connection.apiAddress() : "",
            parties: parties,
            siblings: siblings, waiting: waiting, link: try await link(tenant))
    }

    /// What binds the lookup to the bundle: activity tables may call it otherwise than the column. As long as nobody asked, the column's name.
    private func link(_ tenant: TenantSituation) async throws -> String? {
        let column = tenant.settings.columns.bundle
        guard !column.isEmpty else { return nil }
        return try await ProbeStore.read(database, tenant: tenant.id).navigation("phonecall", column)
    }

    /// By number, the requests whose phone calls were open when last seen, and those that wait for their profile.
    private func siblings(
        _ works: [CallbackWork], _ tenant: TenantSituation
    ) async throws -> (open: [String: [OpenCallback]], waiting: [String: [WaitingCallback]]) {
        let kept = KeptNumbers(works.map(\.callback.facts), tenant.numbers)
        guard !kept.texts.isEmpty else { return ([:], [:]) }
        var open: [String: [OpenCallback]] = [:]
        var waiting: [String: [WaitingCallback]] = [:]
        for row in try await database.query(StoredCallback.siblings, [tenant.id, kept.texts]) {
            let (text, id, activity, list, bundle, requested, isWritten) = try row.decode(
                String.self, UUID.self, UUID.self, UUID.self, UUID?.self, Date.self, Bool.self)
            let number = kept.number(keptAs: text)
            if isWritten {
                open[number, default: []].append(
                    OpenCallback(id: id, activityID: activity, listID: list, bundleID: bundle, requestedAt: requested))
            } else {
                waiting[number, default: []].append(WaitingCallback(id: id, listID: list, requestedAt: requested))
            }
        }
        return (open, waiting)
    }

    private func report(_ verdicts: [CallbackVerdict], of works: [CallbackWork], _ tenant: TenantSituation, _ logger: Logger) {
        for state in CallbackState.allCases {
            let number = verdicts.count { $0.result?.isNews == true && $0.result?.state == state }
            CallbackMetrics.finished(state.rawValue, number, tenant: tenant.name)
        }
        for (work, verdict) in zip(works, verdicts) {
            work.job.inItsTrace(log: ["callback": work.callback.id.lowercase]) {
                if let latency = verdict.result?.latency { CallbackMetrics.latency(latency, tenant: tenant.name) }
                verdict.tell(logger)
            }
        }
        if let trouble = verdicts.lazy.compactMap(\.trouble).first {
            health.ill(tenant.name, trouble)
        } else if verdicts.contains(where: { $0.result?.isNews == true }) {
            health.well(tenant.name, .dynamics)
        }
    }
}

extension CallbackVerdict {
    /// One line for each request; only those that need somebody are shown unless one asks for more.
    fileprivate func tell(_ logger: Logger) {
        switch outcome {
        case .dead(let failure):
            logger.warning(
                "A callback request was given up",
                metadata: ["code": "\(failure.code)", "reason": "\(failure.message.maskingNumbers)"])
        case .retry(_, let failure):
            logger.debug("A callback request is tried again", metadata: ["code": "\(failure.code)"])
        case .done, .snooze, .cancelled:
            logger.debug("A callback request was decided", metadata: ["state": "\(result?.state.rawValue ?? "unchanged")"])
        }
    }
}
