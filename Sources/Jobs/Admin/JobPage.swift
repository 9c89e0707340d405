import FoundationEssentials

/// A page of a list of jobs.
public struct JobPage: Sendable {
    public let jobs: [JobRecord]
    /// Where the next page begins; nil: this is the last.
    public let next: JobPlace?
    /// There may be more that fit behind rows that were not looked at, so the page may hold fewer than asked for.
    public let isCutShort: Bool

    /// What the tables answered, put together.
    struct Parts {
        let limit: Int
        private var unfinished: [JobRecord] = []
        private var past: [JobRecord] = []
        /// The newest place at which a walk ended early: what lies before it is known whole.
        private var openEnd: Int64?
        private var pastEnd: JobPlace?

        init(limit: Int) { self.limit = limit }

        mutating func add(_ jobs: [JobRecord], isPast: Bool) {
            if isPast { past = jobs } else { unfinished += jobs }
        }

        mutating func reached(id: Int64, finishedAt: Date?, isPast: Bool) {
            if isPast, let finishedAt {
                pastEnd = JobPlace(finished: id, at: finishedAt)
            } else {
                openEnd = max(openEnd ?? id, id)
            }
        }

        var page: JobPage {
            var known = unfinished.sorted { $0.id > $1.id }
            if let openEnd { known = known.filter { $0.id >= openEnd } }
            if known.count > limit {
                return JobPage(
                    jobs: Array(known.prefix(limit)), next: JobPlace(unfinished: known[limit - 1].id), isCutShort: false)
            }
            // Those of the past come after all unfinished ones.
            if let openEnd { return JobPage(jobs: known, next: JobPlace(unfinished: openEnd), isCutShort: true) }
            let all = known + past
            guard all.count > limit else { return JobPage(jobs: all, next: pastEnd, isCutShort: pastEnd != nil) }
            let shown = Array(all.prefix(limit))
            return JobPage(
                jobs: shown, next: Self.place(after: shown[limit - 1], isPast: shown.count > known.count), isCutShort: false)
        }

        private static func place(after job: JobRecord, isPast: Bool) -> JobPlace {
            if isPast, let at = job.at { return JobPlace(finished: job.id, at: at) }
            return JobPlace(unfinished: job.id)
        }
    }
}

/// How many jobs fit, as far as it was looked.
public struct JobTally: Sendable, Equatable {
    public let jobs: Int
    /// There may be more: behind rows that were not looked at, or above the limit.
    public let isCutShort: Bool
}
