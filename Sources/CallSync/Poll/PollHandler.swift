import FoundationEssentials
import Jobs
import Logging
import Postgres
import Tenants

/// `calls.poll`: reads what has changed since the last time.
struct PollHandler: JobHandler {
    static let kind = JobKinds.poll

    let book: TenantBook
    let intake: Intake
    let health: TenantHealth
    var concurrency: Int { 8 }

    /// While catching up one job reads on for about this long, then leaves the rest to the next.
    static let patience: Duration = .seconds(30)

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            let outcome = try await poll(tenant, connection, attempt: job.attempt)
            return JobResults(outcomes: [
                job.id: .done(note: "\(outcome.seen) seen, \(outcome.new) new, \(outcome.changed) changed")
            ])
        }
    }

    private func poll(_ tenant: TenantSituation, _ connection: TenantConnection, attempt: Int) async throws -> Intake.Outcome {
        let reader = CallReader(tenant, connection, intake: intake)
        let started = ContinuousClock.now
        var mark = try await intake.database.query(WatermarkStore.find, [tenant.id, WatermarkStore.calls]).first?[0].decode(
            Date.self)
        var outcome = Intake.Outcome()
        var stretch = 1
        while true {
            let window = PollWindow(after: mark, now: Date(), settings: tenant.settings, stretch: stretch)
            let answer = try await reader.modified(from: window.from, to: window.to)
            try answer.throwIfMalformed(attempt: attempt)
            let reached = window.mark(serverTime: answer.serverTime, latestChange: answer.calls.modifiedUntil, before: mark)
            outcome.add(
                try await intake.take(
                    answer.calls, for: tenant, source: .poll,
                    last: WatermarkStore.advance(tenant.id, WatermarkStore.calls, to: reached, from: window.from)))
            mark = max(mark ?? reached, reached)
            stretch = PollWindow.stretch(after: stretch, calls: answer.calls.calls.count)
            if window.isLast || started.duration(to: .now) > Self.patience { return outcome }
            try Task.checkCancellation()
        }
    }
}
