public import FoundationEssentials
public import Postgres
package import Traces

/// A job to enqueue.
public struct NewJob: Sendable {
    /// What is to be done: the kind of a `JobHandler`.
    public var kind: String
    /// Whose job; 0 is the hub's own.
    public var tenant: Int32
    public var payload: JSONB
    /// Jobs of one tenant with the same key, whatever their kind, run one after another in the order they were enqueued.
    public var key: String?
    /// Jobs of the same key and kind that still wait in line are superseded by this one.
    public var coalesce: Bool
    /// While an unfinished job of the tenant and kind has this text, enqueueing gives that job's id and adds nothing.
    public var unique: String?
    public var lane: Lane
    /// Not before; nil is now. A job with a key joins the line of its key at this time.
    public var runAt: Date?
    /// Attempts after which the job is dead.
    public var maxAttempts: Int16
    public var queue: String
    /// The trace that the job goes on with: that of the task that makes it, if it has one. It travels in the payload.
    package var trace = TraceContext.current

    public init(
        kind: String, tenant: Int32, payload: JSONB = "{}", key: String? = nil, coalesce: Bool = false, unique: String? = nil,
        lane: Lane = .live, runAt: Date? = nil, maxAttempts: Int16 = 20, queue: String = "default"
    ) {
        self.kind = kind
        self.tenant = tenant
        self.payload = payload
        self.key = key
        self.coalesce = coalesce
        self.unique = unique
        self.lane = lane
        self.runAt = runAt
        self.maxAttempts = maxAttempts
        self.queue = queue
    }
}
