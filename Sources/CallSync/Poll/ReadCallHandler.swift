import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants
import Tracing
import Traces

/// `call.read`: reads one call that a webhook named, or of which parts are missing.
struct ReadCallHandler: JobHandler {
    static let kind = JobKinds.read

    let book: TenantBook
    let intake: Intake
    let health: TenantHealth

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        guard let call = job.payloadCall else {
            return JobResults(outcomes: [job.id: .dead(JobFailure(code: "bad_payload", message: "the payload names no call"))])
        }
        return try await ServiceContext.withLogFields(["call": call.lowercase]) { try await read(call, job) }
    }

    private func read(_ call: UUID, _ job: Job) async throws -> JobResults {
        try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            let answer = try await CallReader(tenant, connection, intake: intake).call(call)
            try answer.throwIfMalformed(attempt: job.attempt)
            // Calls show up in the API some seconds after they happened; the poll finds them, too, so this is not pressed.
            if answer.calls.calls.isEmpty {
                let failure = JobFailure(code: "not_there_yet", message: "Enreach does not show the call yet")
                if job.attempt < min(4, job.maxAttempts) {
                    return JobResults(outcomes: [job.id: .retry(after: .seconds(5), failure)])
                }
                return JobResults(outcomes: [job.id: .done(note: "not shown by Enreach; left to the poll")])
            }
            let outcome = try await intake.take(answer.calls, for: tenant, source: .webhook)
            return JobResults(outcomes: [job.id: .done(note: "\(outcome.new) new, \(outcome.changed) changed")])
        }
    }
}
