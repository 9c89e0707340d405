public import FoundationEssentials
public import Postgres

/// What became of a job in one attempt.
public enum JobOutcome: Sendable {
    /// Finished; the note stands in the history.
    case done(note: String? = nil)
    /// Tried again after a while: `after` when the other side named a time (`Retry-After`), else with exponential back-off and
    /// jitter. When the attempts are used up, the job is dead.
    case retry(after: Duration? = nil, JobFailure)
    /// Failed for good: goes to the dead letter at once.
    case dead(JobFailure)
    /// Put off; the attempt does not count.
    case snooze(until: Date)
    /// Not needed any more; the reason stands in the history.
    case cancelled(String)
}

/// Why an attempt failed, for the operator.
public struct JobFailure: Sendable, Error {
    /// Short and stable, to group by: a vendor's code or a word of ours.
    public var code: String
    public var message: String
    /// The other side's answer.
    public var detail: JSONB?
    /// False when the job is not to blame: the service was throttled or down.
    public var countsAttempt: Bool
    /// The job may make others fail that are handled with it: it is handled alone from now on.
    public var runsAlone = false
    /// Costs no attempt the first few times in a row, and one from then on.
    var isSpared = false

    public init(code: String, message: String, detail: JSONB? = nil, countsAttempt: Bool = true) {
        self.code = code
        self.message = message
        self.detail = detail
        self.countsAttempt = countsAttempt
    }
}

/// What a handler's call came to.
public struct JobResults: Sendable {
    /// By job id.
    public var outcomes: [Int64: JobOutcome]
    /// The outcome of jobs that `outcomes` does not name. Nil: they are tried again.
    public var otherwise: JobOutcome?
    /// What the call writes to our tables, in the transaction that finishes its jobs: both happen or neither.
    ///
    /// Runs only while the jobs are still this worker's, after the handler has returned, and possibly more than once (a transaction
    /// that fails is repeated), so it must not touch anything but the connection. When it throws, the call's jobs are tried again
    /// alone and nothing that other calls wrote is lost.
    public var effects: [@Sendable (Connection) async throws -> Void]

    public init(
        outcomes: [Int64: JobOutcome] = [:], otherwise: JobOutcome? = nil,
        effects: [@Sendable (Connection) async throws -> Void] = []
    ) {
        self.outcomes = outcomes
        self.otherwise = otherwise
        self.effects = effects
    }

    /// All jobs of the call are done.
    public static func allDone(effects: [@Sendable (Connection) async throws -> Void] = []) -> Self {
        Self(otherwise: .done(), effects: effects)
    }
}
