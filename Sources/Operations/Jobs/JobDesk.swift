package import Jobs
package import Postgres

/// What operators do with many jobs at once: retry and cancel, in transactions of a few hundred, each written down.
package struct JobDesk: Sendable {
    let database: Database
    let who: String

    package init(database: Database, who: String) {
        self.database = database
        self.who = who
    }

    package enum Verb: String, Sendable {
        case retry, cancel

        /// In which states a job must be for it.
        package var states: [String] {
            switch self {
            case .retry: ["dead", "retry", "scheduled", "snoozed"]
            case .cancel: ["dead", "held", "ready", "retry", "scheduled", "snoozed", "waiting"]
            }
        }
    }

    /// Which jobs: single ones, or those that fit, of which no more are looked at than were agreed to.
    package enum Choice: Sendable {
        case numbers([Int64])
        case fitting(JobFilter, most: Int)
    }

    package struct Result: Sendable {
        package var done = 0
        /// Of those agreed to, how many were not looked at because the time was up. They are as they were.
        package var left = 0
    }

    /// In one transaction; each has an entry of its own among the operators' actions.
    static let batch = 500

    /// Does it to all that are in a state for it, the newest first.
    ///
    /// - Parameter patience: after so long no further transaction is begun.
    package func perform(_ verb: Verb, _ choice: Choice, reason: String, patience: Duration) async throws -> Result {
        var result = Result()
        switch choice {
        case .numbers(let ids):
            result.done = try await act(verb, ids, reason).count
        case .fitting(var filter, let most):
            filter.states = Self.states(verb, filter)
            filter.limit = Self.batch
            let began = ContinuousClock.now
            var left = most
            while left > 0 {
                let page = try await JobAdmin(database: database).page(filter)
                let jobs = page.jobs.prefix(left)
                left -= jobs.count
                result.done += try await act(verb, jobs.map(\.id), reason).count
                guard let next = page.next else { return result }
                filter.after = next
                if began.duration(to: .now) > patience {
                    result.left = left
                    return result
                }
            }
        }
        return result
    }

    /// The states of a filter that are states for it.
    package static func states(_ verb: Verb, _ filter: JobFilter) -> [String] {
        filter.states.map { states in verb.states.filter(states.contains) } ?? verb.states
    }

    private func act(_ verb: Verb, _ ids: [Int64], _ reason: String) async throws -> [Int64] {
        guard !ids.isEmpty else { return [] }
        let admin = JobAdmin(database: database)
        return switch verb {
        case .retry:
            try await admin.retry(ids) { connection, retried in
                try await JobsAudit.record("jobs.retry", retried, note: reason, who: who, on: connection)
            }
        case .cancel:
            try await admin.cancel(ids, reason: "cancelled by \(who): \(reason)") { connection, cancelled in
                try await JobsAudit.record("jobs.cancel", cancelled, note: reason, who: who, on: connection)
            }
        }
    }
}
