import Enreach
import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// `calls.backfill`: brings calls of the past in, a slice of time after the other, oldest first.
///
/// How far it is stands in hub.backfill, so it goes on after a restart where it was. It reads ahead of the writing only so far, and ends
/// when an operator pauses or cancels it.
struct BackfillHandler: JobHandler {
    static let kind = JobKinds.backfill

    let database: Database
    let book: TenantBook
    let intake: Intake
    let health: TenantHealth
    var concurrency: Int { 1 }

    /// One turn of the job; then others have theirs.
    static let patience: Duration = .seconds(10)
    /// Seconds it waits for calls to be written before it reads on.
    static let rest = 2.0

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        guard let backfill = job.payloadBackfill else {
            return JobResults(outcomes: [job.id: .dead(JobFailure(code: "bad_payload", message: "the payload names no backfill"))]
            )
        }
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            do {
                return JobResults(outcomes: [job.id: try await work(on: backfill, tenant, connection, attempt: job.attempt)])
            } catch let error as EnreachError {
                try await database.execute(BackfillStore.note, [tenant.id, backfill, error.description])
                throw error
            }
        }
    }

    private func work(
        on backfill: Int64, _ tenant: TenantSituation, _ connection: TenantConnection, attempt: Int
    ) async throws -> JobOutcome {
        let started = ContinuousClock.now
        let reader = CallReader(tenant, connection, intake: intake)
        while true {
            guard let row = try await find(tenant.id, backfill) else { return .cancelled("there is no such backfill") }
            guard row.isRunning else { return .done(note: "not running any more") }
            if try await isFarAhead(tenant, backfill) { return .snooze(until: Date().addingTimeInterval(Self.rest)) }
            let end = min(row.readUntil.addingTimeInterval(Double(tenant.settings.backfillSlice * 60)), row.to)
            let answer = try await reader.started(from: row.readUntil, to: end)
            try answer.throwIfMalformed(attempt: attempt)
            let outcome = try await intake.take(answer.calls, for: tenant, source: .backfill, backfill: backfill)
            try await database.execute(BackfillStore.advance, [tenant.id, backfill, end, outcome.seen, outcome.new])
            if end >= row.to { return .done(note: "everything is read") }
            if started.duration(to: .now) > Self.patience { return .snooze(until: Date()) }
            try Task.checkCancellation()
        }
    }

    private func find(_ tenant: Int32, _ backfill: Int64) async throws -> BackfillStore.Row? {
        guard let row = try await database.query(BackfillStore.find, [tenant, backfill]).first else { return nil }
        let (to, until, running) = try row.decode(Date.self, Date.self, Bool.self)
        return BackfillStore.Row(to: to, readUntil: until, isRunning: running)
    }

    private func isFarAhead(_ tenant: TenantSituation, _ backfill: Int64) async throws -> Bool {
        let most = tenant.settings.backfillReadAhead
        let waiting = try await database.query(BackfillStore.waiting, [tenant.id, backfill, most])[0][0].decode(Int.self)
        return waiting >= most
    }
}
