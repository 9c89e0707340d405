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
        let (works, gone) = try await CallbackWork.load(jobs, tenant: tenant.id, from: database)
        let verdicts: [CallbackVerdict]
        do {
            verdicts = try await writer(tenant, connection, situation, works).write(works)
        } catch let error as EnreachError {
            return JobResults(otherwise: health.failed(tenant.name, error))
        }
        report(verdicts, of: works, tenant, logger)
        var outcomes = gone
        for (work, verdict) in zip(works, verdicts) { outcomes[work.job.id] = verdict.outcome }
        return JobResults(outcomes: outcomes, effects: effects(verdicts, tenant))
    }

    private func effects(
        _ verdicts: [CallbackVerdict], _ tenant: TenantSituation
    ) -> [@Sendable (Connection) async throws -> Void] {
        let requests = CallbackResultStore.requests(verdicts, tenant: tenant, instance: instance)
        let closes = CallbackResultStore.closes(verdicts, tenant: tenant.id)
        guard !requests.isEmpty || !closes.isEmpty else { return [] }
        let queue = JobQueue(database: database)
        return [
            { connection in
                if !requests.isEmpty { _ = try await connection.pipeline(requests) }
                _ = try await queue.enqueue(closes, on: connection)
            }
        ]
    }

    private func writer(
        _ tenant: TenantSituation, _ connection: TenantConnection, _ situation: ProfileSituation, _ works: [CallbackWork]
    ) async throws -> CallbackWriter {
        let pending = works.filter(\.callback.isUnwritten)
        let needsAddress = pending.contains { !$0.callback.facts.recordingIDs.isEmpty }
        return CallbackWriter(
            tenant: tenant, connection: connection, situation: situation,
            apiAddress: needsAddress ? try await connection.apiAddress() : "",
            parties: try await DirectoryLookup(database: database).knowledge(of: pending.map(\.callback.facts.number), tenant),
            siblings: try await siblings(pending, tenant.id), link: try await link(tenant))
    }

    /// What binds the lookup to the bundle: activity tables may call it otherwise than the column. As long as nobody asked, the column's name.
    private func link(_ tenant: TenantSituation) async throws -> String? {
        let column = tenant.settings.columns.bundle
        guard !column.isEmpty else { return nil }
        return try await ProbeStore.read(database, tenant: tenant.id).navigation("phonecall", column)
    }

    /// By number, the requests whose phone calls were open when last seen.
    private func siblings(_ works: [CallbackWork], _ tenant: Int32) async throws -> [String: [OpenCallback]] {
        let numbers = Set(works.compactMap(\.callback.facts.callableNumber))
        guard !numbers.isEmpty else { return [:] }
        var siblings: [String: [OpenCallback]] = [:]
        for row in try await database.query(StoredCallback.siblings, [tenant, numbers.sorted()]) {
            let (number, id, activity, list, bundle, requested) = try row.decode(
                String.self, UUID.self, UUID.self, UUID.self, UUID?.self, Date.self)
            siblings[number, default: []].append(
                OpenCallback(id: id, activityID: activity, listID: list, bundleID: bundle, requestedAt: requested))
        }
        return siblings
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
            health.ill(tenant.name, trouble, trouble.operatorText)
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
