public import FoundationEssentials
public import Postgres

/// A job as its handler gets it.
public struct Job: Sendable, Identifiable {
    /// The job's name for its whole life.
    public let id: Int64
    public let kind: String
    /// Whose job; 0 is the hub's own.
    public let tenant: Int32
    /// Jobs of one tenant with the same key run one after another, in the order they were enqueued.
    public let key: String?
    public let lane: Lane
    public let payload: JSONB
    /// Number of this attempt, from 1.
    public let attempt: Int
    /// After this attempt the job is dead when it fails again.
    public let maxAttempts: Int
    /// When the transaction that enqueued it began, by the database's clock.
    public let enqueuedAt: Date
    /// An attempt failed together with other jobs, so this one is handled alone.
    public let isSolo: Bool
    /// The claim's token: its finish is accepted only under this number.
    let seq: Int64

    public init(
        id: Int64, kind: String, tenant: Int32, key: String? = nil, lane: Lane = .live, payload: JSONB = "{}", attempt: Int = 1,
        maxAttempts: Int = 20, enqueuedAt: Date = Date(), isSolo: Bool = false
    ) {
        self.init(
            id: id, seq: id, kind: kind, tenant: tenant, key: key, lane: lane, payload: payload, attempt: attempt,
            maxAttempts: maxAttempts, enqueuedAt: enqueuedAt, isSolo: isSolo)
    }

    init(
        id: Int64, seq: Int64, kind: String, tenant: Int32, key: String?, lane: Lane, payload: JSONB, attempt: Int,
        maxAttempts: Int,
        enqueuedAt: Date, isSolo: Bool
    ) {
        self.id = id
        self.seq = seq
        self.kind = kind
        self.tenant = tenant
        self.key = key
        self.lane = lane
        self.payload = payload
        self.attempt = attempt
        self.maxAttempts = maxAttempts
        self.enqueuedAt = enqueuedAt
        self.isSolo = isSolo
    }
}
