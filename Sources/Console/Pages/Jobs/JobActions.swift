import Foundation
import Jobs
import Operations
import Postgres

/// What operators do with jobs: one, or all that fit a filter.
enum JobActions {
    static let retry = Action("/jobs/retry", name: "jobs.retry", in: .jobs, needs: .operator) { try await plan(.retry, $0) }
    static let cancel = Action("/jobs/cancel", name: "jobs.cancel", in: .jobs, needs: .operator) { try await plan(.cancel, $0) }
    static let pause = Action("/jobs/pause", name: "jobs.pause", in: .jobs, needs: .operator) { try await PausePlan.pause($0) }
    static let resume = Action("/jobs/resume", name: "jobs.resume", in: .jobs, needs: .operator) {
        try await PausePlan.resume($0)
    }

    /// How long one confirmation may go on: browsers and proxies wait a minute.
    private static let patience = Duration.seconds(20)
    private static let sampleSize = 10

    private static func plan(_ verb: JobDesk.Verb, _ request: ConsoleRequest) async throws -> ActionPlan {
        let filter = ConsoleJobFilter(request.query)
        if let problem = filter.unreadable { throw ConsoleError.badRequest(problem) }
        return filter.numbers.isEmpty ? try await fitting(verb, filter, request) : try await single(verb, filter.numbers, request)
    }

    private static func single(_ verb: JobDesk.Verb, _ numbers: [Int64], _ request: ConsoleRequest) async throws -> ActionPlan {
        let admin = JobAdmin(database: request.database)
        var jobs: [JobRecord] = []
        for number in numbers.prefix(100) {
            if let job = try await admin.show(number), verb.states.contains(job.state) { jobs.append(job) }
        }
        let back = numbers.count == 1 ? "/jobs/\(numbers[0])" : "/jobs"
        return plan(verb, jobs, Count(jobs.count), "job", .numbers(jobs.map(\.id)), back: back, request)
    }

    private static func fitting(_ verb: JobDesk.Verb, _ filter: ConsoleJobFilter, _ request: ConsoleRequest) async throws
        -> ActionPlan
    {
        let own = request.query.keeping(ConsoleJobFilter.names)
        let admin = JobAdmin(database: request.database)
        let reach = request.services.settings.countReach
        guard var found = try await filter.filter(request.database, limit: sampleSize, reach: reach) else {
            throw ConsoleError.badRequest("There is no tenant \(filter.tenant ?? "").")
        }
        found.states = JobDesk.states(verb, found)
        // What was so when this was first looked at: jobs that come later, or come to fit later, are not meant.
        let since = if let shown = request.query.integer("since", as: Int64.self) { shown } else { try await admin.lastOrder() }
        found.since = since
        let sample = try await admin.page(found)
        // All of them: who confirms agrees to this number, and no more are touched.
        let total = try await admin.total(found)
        var plan = plan(
            verb, sample.jobs, Count(total, isMore: false), filter.inWords, .fitting(found, most: total),
            back: own.link("/jobs") + "#list", request)
        plan.keeps = [("since", "\(since)")]
        plan.explanation.append("Jobs that come in or change their state from now on are left alone, even if they fit.")
        return plan
    }

    private static func plan(
        _ verb: JobDesk.Verb, _ jobs: [JobRecord], _ count: Count, _ words: String, _ choice: JobDesk.Choice, back: String,
        _ request: ConsoleRequest
    ) -> ActionPlan {
        let sentence =
            verb == .retry
            ? "Dead jobs begin again with all their attempts, at the end of the line of their key; jobs that wait for a time are due at once."
            : "They go into the history as cancelled, and what they were to do is not done. Jobs that run at the moment are not touched."
        let acting = request.acting
        let who = request.who.name
        var plan = ActionPlan(
            "\(verb.rawValue.capitalized) \(count.of("job"))", button: "\(verb.rawValue.capitalized) \(count.of("job"))",
            explanation: ["\(count.of("job")): \(words).", sentence], count: count, counted: "jobs",
            sample: sample(jobs, request), back: back
        ) { reason in
            let result = try await JobDesk(database: acting, who: who).perform(verb, choice, reason: reason, patience: patience)
            return outcome(verb, result, count)
        }
        plan.isHarmful = verb == .cancel
        return plan
    }

    private static func outcome(_ verb: JobDesk.Verb, _ result: JobDesk.Result, _ planned: Count) -> ActionOutcome {
        let done = Count.grouped(result.done) + (result.done == 1 ? " job" : " jobs")
        let did = verb == .retry ? "\(done) will run again." : "\(done) cancelled."
        var sentences = [did]
        let missing = planned.number - result.done - result.left
        if missing > 0 { sentences.append("\(Count.grouped(missing)) had moved on meanwhile.") }
        if result.left > 0 {
            sentences.append("\(Count.grouped(result.left)) are left, since the time for one go was up: repeat it for them.")
        }
        return ActionOutcome(sentences.joined(separator: " "))
    }

    private static func sample(_ jobs: [JobRecord], _ request: ConsoleRequest) -> SampleTable {
        SampleTable(
            columns: ["Job", "State", "Kind", "Attempts", "Enqueued", "Last error"],
            rows: jobs.prefix(sampleSize).map { job in
                [
                    "\(job.id)", job.state, job.kind, job.attemptsInWords, PlainTime.seconds(job.enqueuedAt),
                    job.error.map { String(JobError($0).line.prefix(120)) } ?? "–",
                ]
            })
    }
}
