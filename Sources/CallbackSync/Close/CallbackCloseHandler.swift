import Enreach
import FoundationEssentials
import Jobs
import Logging
import Model
import Postgres
import Tenants
import Tracing
import Traces

/// `callback.close`: closes requests in Enreach whose phone call is safely written, or that are ignored. Enreach takes them one by one, so a
/// batch sends several at once.
struct CallbackCloseHandler: JobHandler {
    static let kind = CallbackJobs.close

    let database: Database
    let book: TenantBook
    let health: TenantHealth
    let instance: UUID
    var batchSize: Int { 40 }
    var concurrency: Int { 4 }

    static let atOnce = 8

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let first = jobs.first else { return .allDone() }
        guard let tenant = try await book.situation(first.tenant) else {
            return JobResults(otherwise: .cancelled("there is no tenant \(first.tenant)"))
        }
        guard let connection = health.usable(tenant) else { return JobResults(otherwise: TenantHealth.putOff()) }
        var ends: [End] = []
        try await withThrowingTaskGroup(of: End.self) { group in
            for (index, job) in jobs.enumerated() {
                if index >= Self.atOnce, let end = try await group.next() { ends.append(end) }
                group.addTask { try await close(job, tenant, connection) }
            }
            for try await end in group { ends.append(end) }
        }
        let closed = ends.compactMap(\.closed)
        if closed.contains(where: { $0.state != "refused" }) { health.well(tenant.name, .enreach) }
        for closed in closed { CallbackMetrics.closed(closed.state, tenant: tenant.name) }
        let outcomes = Dictionary(ends.map { ($0.job, $0.outcome) }) { $1 }
        guard !closed.isEmpty else { return JobResults(outcomes: outcomes) }
        let requests = [
            CallbackCloseStore.done(closed, tenant: tenant.id),
            TimelineStore.add(
                closed.map(Self.story), tenant: tenant.id, instance: instance, settingVersion: tenant.settings.version,
                entity: .callback),
        ]
        return JobResults(outcomes: outcomes, effects: [{ connection in _ = try await connection.pipeline(requests) }])
    }

    private struct End: Sendable {
        let job: Int64
        let outcome: JobOutcome
        var closed: CallbackCloseStore.Closed?
    }

    /// Each request is closed within its own trace: the batch is only how many are sent at once.
    private func close(_ job: Job, _ tenant: TenantSituation, _ connection: TenantConnection) async throws -> End {
        let payload = job.callbackPayload
        let trace = TraceContext.current == nil ? nil : job.trace
        return try await ServiceContext.withValue(.current(with: trace ?? TraceContext.current)) {
            try await ServiceContext.withLogFields(["tenant": tenant.name, "callback": payload.callback?.lowercase]) {
                try await close(job, payload, tenant, connection)
            }
        }
    }

    private func close(
        _ job: Job, _ payload: CallbackPayload, _ tenant: TenantSituation, _ connection: TenantConnection
    ) async throws -> End {
        guard let id = payload.callback else {
            return End(job: job.id, outcome: .dead(JobFailure(code: "bad_payload", message: "the payload names no request")))
        }
        let end: EnreachClient.CallbackEnd = payload.success == true ? .success : .takenOver
        do {
            guard let request = try await connection.enreach.closeCallback(id: id, as: end) else {
                return End(job: job.id, outcome: .done(note: "gone"), closed: .init(id: id, state: "gone"))
            }
            guard let received = ReceivedCallback(request, now: Date()) else {
                return End(job: job.id, outcome: .done(), closed: .init(id: id, state: "done"))
            }
            guard received.facts.stage == .closed else {
                let failure = JobFailure(code: "still_open", message: "Enreach took the close and shows the request open")
                return End(job: job.id, outcome: .retry(after: nil, failure))
            }
            let isOurs = connection.enreach.isResult(received.facts.result, of: end)
            return End(
                job: job.id, outcome: .done(note: isOurs ? "closed" : "was closed already"),
                closed: .init(
                    id: id, state: isOurs ? "done" : "elsewhere", result: received.facts.result, hash: received.facts.contentHash,
                    modifiedAt: received.modifiedAt))
        } catch let error as EnreachError where error.code == .badRequest || error.code == .forbidden {
            return refused(job, id, error)
        } catch let error as EnreachError {
            return End(job: job.id, outcome: health.failed(tenant.name, error))
        }
    }

    /// Enreach will not close it now: tried again for some hours, then left to people. The phone call stays.
    private func refused(_ job: Job, _ id: UUID, _ error: EnreachError) -> End {
        let code = "enreach_\(error.status ?? 0)"
        let failure = JobFailure(code: code, message: "Enreach refuses to close the request: \(error.message)")
        let closed = CallbackCloseStore.Closed(
            id: id, state: "refused", errorCode: code, errorText: failure.message)
        let isLast = job.attempt >= job.maxAttempts
        return End(job: job.id, outcome: isLast ? .dead(failure) : .retry(after: nil, failure), closed: closed)
    }

    private static func story(_ closed: CallbackCloseStore.Closed) -> TimelineRow {
        let event =
            switch closed.state {
            case "done": "closed"
            case "elsewhere": "closed_elsewhere"
            case "gone": "gone"
            default: "close_refused"
            }
        return TimelineRow(closed.id, named: event, reason: closed.errorCode) { json in
            if let result = closed.result { json.member("result", result) }
        }
    }
}
