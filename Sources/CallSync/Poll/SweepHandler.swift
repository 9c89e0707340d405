import FoundationEssentials
import Jobs
import Model
import Postgres
import Tenants

/// `calls.sweep`: reads once more what the polls have read, for calls that Enreach showed only after the polls had gone past them.
///
/// A call's time of change lies before the moment it is shown. Windows of polls overlap by a minute for that; a call that comes later than
/// this would never be seen, and nothing would tell that it is missing. What is known already changes nothing, so this may be done at will.
struct SweepHandler: JobHandler {
    static let kind = JobKinds.sweep

    let book: TenantBook
    let intake: Intake
    let health: TenantHealth
    var concurrency: Int { 2 }

    func handle(_ jobs: [Job], context: JobContext) async throws -> JobResults {
        guard let job = jobs.first else { return .allDone() }
        guard let hours = job.payloadHours else {
            return JobResults(outcomes: [job.id: .dead(JobFailure(code: "bad_payload", message: "the payload names no hours"))])
        }
        return try await health.guarded(job, book: book, side: .enreach) { tenant, connection in
            guard let time = try await time(tenant, hours: hours) else {
                return JobResults(outcomes: [job.id: .done(note: "nothing was polled yet")])
            }
            let outcome = try await sweep(time, tenant, connection)
            return JobResults(outcomes: [
                job.id: .done(note: "\(outcome.seen) seen, \(outcome.new) new, \(outcome.changed) changed")
            ])
        }
    }

    /// What is to be read; nil before the first poll.
    private func time(_ tenant: TenantSituation, hours: Int) async throws -> SweptTime? {
        guard let row = try await intake.database.query(WatermarkStore.span, [tenant.id, WatermarkStore.calls]).first else {
            return nil
        }
        let (begun, reached) = try row.decode(Date?.self, Date.self)
        return begun.map { SweptTime(begun: $0, reached: reached, hours: hours) }
    }

    private func sweep(
        _ time: SweptTime, _ tenant: TenantSituation, _ connection: TenantConnection
    ) async throws -> Intake.Outcome {
        let reader = CallReader(tenant, connection, intake: intake)
        var outcome = Intake.Outcome()
        // Newest first: what fails in the middle and begins again has not lost what matters most.
        var (to, stretch) = (time.to, 1)
        while to > time.from {
            let from = max(to.addingTimeInterval(-Double(tenant.settings.pollSlice * 60 * stretch)), time.from)
            // Whether the ends of a window belong to it is not known, so they overlap.
            let calls = try await read(reader, from: from, to: to.addingTimeInterval(1))
            outcome.add(try await intake.take(calls, for: tenant, source: .sweep))
            stretch = PollWindow.stretch(after: stretch, calls: calls.calls.count)
            to = from
            try Task.checkCancellation()
        }
        return outcome
    }

    /// Elements that can't be read may be a fault of the moment, so the window is asked for three times. Those that last are kept as dead
    /// calls, and are no reason for every sweep to fail.
    private func read(_ reader: CallReader, from: Date, to: Date) async throws -> ReceivedCalls {
        for _ in 1...2 {
            let answer = try await reader.modified(from: from, to: to)
            if answer.malformed.isEmpty { return answer.calls }
        }
        return try await reader.modified(from: from, to: to).calls
    }
}

/// The stretch of times of change that a sweep reads: not from before the first poll, whose look back is the operator's decision, and not
/// past the last one.
struct SweptTime: Sendable, Hashable {
    let from: Date
    let to: Date

    init(begun: Date, reached: Date, hours: Int) {
        from = max(begun, reached.addingTimeInterval(-Double(hours) * 3600))
        to = reached
    }
}
