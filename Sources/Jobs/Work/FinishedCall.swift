internal import FoundationEssentials
internal import Postgres

/// A handler's call that is over and not yet written down.
struct FinishedCall: Sendable {
    var jobs: [Job]
    var outcomes: [JobOutcome]
    var effects: [@Sendable (Connection) async throws -> Void] = []
    /// Milliseconds that it took.
    var milliseconds: Int32 = 0
    /// The jobs are to be handled alone next time.
    var solo = false

    init(_ jobs: [Job], results: JobResults, milliseconds: Int32) {
        self.jobs = jobs
        self.milliseconds = milliseconds
        effects = results.effects
        let missing =
            results.otherwise ?? .retry(JobFailure(code: "no_outcome", message: "the handler gave no outcome for the job"))
        outcomes =
            results.outcomes.isEmpty
            ? Array(repeating: missing, count: jobs.count) : jobs.map { results.outcomes[$0.id] ?? missing }
    }

    /// How long jobs rest that the database's own trouble stopped.
    private static let rest: Duration = .seconds(2)

    /// All jobs of a call that threw are tried again. The database's own trouble is not their fault and costs no attempt; where a job may
    /// have brought it about, it is handled alone from then on, and counts when it comes several times in a row.
    init(_ jobs: [Job], error: any Error, milliseconds: Int32) {
        self.jobs = jobs
        self.milliseconds = milliseconds
        if let error = error as? PostgresError, error.isServerTrouble {
            var failure = JobFailure(code: "database", message: error.description, countsAttempt: false)
            failure.isSpared = !error.isBeyondTheWork
            solo = failure.isSpared && jobs.count > 1
            outcomes = Array(repeating: .retry(after: Self.rest * Double.random(in: 0.75...1.25), failure), count: jobs.count)
            return
        }
        let failure = error as? JobFailure ?? JobFailure(code: "handler_error", message: String(describing: error))
        outcomes = Array(repeating: .retry(failure), count: jobs.count)
        solo = jobs.count > 1
    }

    /// What the call wanted to write failed: its jobs are tried again alone.
    func failed(effects error: any Error) -> FinishedCall {
        if let error = error as? PostgresError, error.isServerTrouble {
            return FinishedCall(jobs, error: error, milliseconds: milliseconds)
        }
        var call = FinishedCall(
            jobs, error: JobFailure(code: "effect_failed", message: String(describing: error)), milliseconds: milliseconds)
        call.solo = jobs.count > 1
        return call
    }
}

/// Outcomes as the columns that `hub.job_complete` and `hub.job_fail` take.
struct FinishColumns {
    var doneIDs: [Int64] = []
    var doneSeqs: [Int64] = []
    var doneMilliseconds: [Int32] = []
    var doneNotes: [String?]?

    var ids: [Int64] = []
    var seqs: [Int64] = []
    var outcomes: [String] = []
    var delays: [Int64?] = []
    var counts: [Bool] = []
    var solos: [Bool] = []
    var milliseconds: [Int32] = []
    var errors: [JSONB?] = []
    var notes: [String?] = []

    init(_ calls: [FinishedCall]) {
        for call in calls {
            for (job, outcome) in zip(call.jobs, call.outcomes) { append(job, outcome, call) }
        }
    }

    private mutating func append(_ job: Job, _ outcome: JobOutcome, _ call: FinishedCall) {
        switch outcome {
        case .done(let note):
            if note != nil, doneNotes == nil { doneNotes = Array(repeating: nil, count: doneIDs.count) }
            doneNotes?.append(note)
            doneIDs.append(job.id)
            doneSeqs.append(job.seq)
            doneMilliseconds.append(call.milliseconds)
        case .retry(let after, let failure):
            add(
                job, "retry", call, after: after, counts: failure.countsAttempt, solo: failure.runsAlone,
                error: failure.document)
        case .dead(let failure):
            add(job, "dead", call, counts: true, error: failure.document)
        case .snooze(let until):
            add(job, "snooze", call, after: .seconds(min(max(0, until.timeIntervalSinceNow), 1e9)))
        case .cancelled(let reason):
            add(job, "cancel", call, counts: true, note: reason)
        }
    }

    private mutating func add(
        _ job: Job, _ outcome: String, _ call: FinishedCall, after: Duration? = nil, counts counted: Bool = false,
        solo: Bool = false, error: JSONB? = nil,
        note: String? = nil
    ) {
        ids.append(job.id)
        seqs.append(job.seq)
        outcomes.append(outcome)
        delays.append(after.map(Self.milliseconds))
        counts.append(counted)
        solos.append(call.solo || solo)
        milliseconds.append(call.milliseconds)
        errors.append(error)
        notes.append(note)
    }

    /// Never negative, at most a year.
    private static func milliseconds(_ delay: Duration) -> Int64 {
        let (seconds, attoseconds) = min(max(delay, .zero), .seconds(365 * 86_400)).components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Jobs that were claimed and not begun go back.
    mutating func giveBack(_ jobs: [Job]) {
        for job in jobs { add(job, "return", FinishedCall([], results: JobResults(), milliseconds: 0)) }
    }
}

extension JobFailure {
    /// As it is kept with the job.
    var document: JSONB {
        var fields = "\"code\":\(Self.quote(code)),\"message\":\(Self.quote(message))"
        if let detail { fields += ",\"detail\":\(detail.text)" }
        // hub.job_fail makes it the count of such failures in a row.
        if isSpared { fields += ",\"spared\":1" }
        return JSONB("{\(fields)}")
    }

    private static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            // PostgreSQL can't store U+0000 in jsonb.
            case "\0": quoted += "\u{fffd}"
            case _ where scalar.value < 0x20:
                let code = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
