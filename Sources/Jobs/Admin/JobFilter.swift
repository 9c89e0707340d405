public import FoundationEssentials
public import Postgres

/// Which jobs to list; nil is any.
public struct JobFilter: Sendable {
    /// States as in hub.jobs.
    public var states: [String]?
    public var kind: String?
    public var tenant: Int32?
    public var key: String?
    public var queue: String?
    /// Code of the last error.
    public var code: String?
    public var lane: Lane?
    /// The last error's mark (`hub.error_group`): those that failed of the same but for numbers.
    public var errorGroup: String?
    /// What the payload holds, among other things: `{"callback": "…"}`.
    public var payload: JSONB?
    public var limit: Int
    /// Rows of each table that are looked at for one page; nil: as many as it takes. A rare kind may stand behind millions of others.
    public var reach: Int?
    /// Where the page before ended; nil begins with the newest.
    public var after: JobPlace?
    /// Only unfinished jobs that have stood where they are since this order number was the last (``JobAdmin/lastOrder()``): neither
    /// those that came later, nor those that ran, failed, died or became due since. To be claimed or held is no change.
    public var since: Int64?

    public init(
        states: [String]? = nil, kind: String? = nil, tenant: Int32? = nil, key: String? = nil, queue: String? = nil,
        code: String? = nil, lane: Lane? = nil, errorGroup: String? = nil, payload: JSONB? = nil, limit: Int = 50,
        reach: Int? = nil, after: JobPlace? = nil, since: Int64? = nil
    ) {
        self.states = states
        self.kind = kind
        self.tenant = tenant
        self.key = key
        self.queue = queue
        self.code = code
        self.lane = lane
        self.errorGroup = errorGroup
        self.payload = payload
        self.limit = limit
        self.reach = reach
        self.after = after
        self.since = since
    }
}

/// A place in a list of jobs: just after one job.
public struct JobPlace: Sendable, Hashable {
    public let id: Int64
    /// Nil: among the unfinished.
    public let finishedAt: Date?

    /// After an unfinished job. What follows it is told by its number alone, so it may have finished meanwhile.
    public init(unfinished id: Int64) { (self.id, finishedAt) = (id, nil) }

    /// After a job of the past.
    public init(finished id: Int64, at: Date) { (self.id, finishedAt) = (id, at) }
}
