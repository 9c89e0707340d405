public import Postgres

/// How a worker works. The defaults are right for most.
public struct JobWorkerConfiguration: Sendable {
    /// Handler calls at once in this process; nil is as many as the handlers may have together.
    public var slots: Int?
    /// Most jobs in one claim.
    public var maximumClaim = 512
    /// Most jobs that the worker holds without having begun them.
    public var maximumBuffered = 2_000
    /// So many finished jobs are written down at once …
    public var flushAt = 64
    /// … and fewer after this time at the latest.
    public var flushAfter: Duration = .milliseconds(3)
    /// How often an idle worker looks for jobs, doubling from the first to the second. With a bell the second holds at once.
    public var pollAtLeast: Duration = .seconds(2)
    public var pollAtMost: Duration = .milliseconds(250)
    /// How long a beat is good for: a worker that is lost is noticed after this time and its jobs are taken over. Short enough that what one
    /// worker alone does, such as a tenant's poll, goes on elsewhere within 15 s.
    public var lease: Duration = .seconds(12)
    public var beat: Duration = .seconds(3)
    /// A worker that could not beat for so long stops its handlers; shorter than `lease`.
    public var fence: Duration = .seconds(9)
    /// How often it looks for due chores: retries, lost workers, schedules.
    public var tend: Duration = .milliseconds(500)
    /// How long handlers may go on when the program stops, before they are cancelled.
    public var grace: Duration = .seconds(20)
    /// A job of a kind that no handler of this program does is put off by this time: another version of the program may know it.
    public var unknownKindDelay: Duration = .seconds(30)
    /// Hears what keeps the database from taking the worker's or its handlers' writes (a full disk, say), again with each try, and
    /// nil when it goes well again. For health pages; called on any thread.
    public var onTrouble: (@Sendable (PostgresError?) -> Void)?

    /// Called at named steps by tests, to cut the connection or to kill the worker there.
    var fault: (@Sendable (WorkStep) async throws -> Void)?

    public init() {}
}

/// Points of a worker's cycle where a test may break it.
enum WorkStep: Int, CaseIterable, Sendable {
    /// Before anything is sent.
    case begin
    /// Effects are written, nothing is finished.
    case effectsWritten
    /// Finished and claimed, not committed. Only with effects.
    case beforeCommit
    /// Committed; the worker has not heard of it.
    case committed
    /// Claimed jobs are about to be given to the slots.
    case claimed
}
