public import FoundationEssentials
public import Postgres

/// A job as operators see it.
public struct JobRecord: Sendable, Identifiable {
    /// ready, running, waiting, scheduled, retry, snoozed, held, dead, done, cancelled or superseded.
    public let state: String
    public let id: Int64
    public let queue: String
    public let kind: String
    public let tenant: Int32
    public let lane: Lane
    public let key: String?
    /// Attempts so far that count.
    public let attempts: Int
    /// Nil for finished jobs.
    public let maxAttempts: Int?
    public let enqueuedAt: Date
    /// When it becomes due, was claimed, died or finished, by its state.
    public let at: Date?
    public let worker: Int32?
    public let note: String?
    public let error: JSONB?
    public let payload: JSONB

    init(_ row: Row) throws {
        let lane: Int16
        let (attempts, maxAttempts): (Int32, Int32?)
        (state, id, queue, kind, tenant, lane, key, attempts, maxAttempts, enqueuedAt, at, worker, note, error, payload) =
            try row.decode(
                String.self, Int64.self, String.self, String.self, Int32.self, Int16.self, String?.self, Int32.self, Int32?.self,
                Date.self, Date?.self, Int32?.self, String?.self, JSONB?.self, JSONB.self)
        self.lane = Lane(rawValue: lane) ?? .backfill
        self.attempts = Int(attempts)
        self.maxAttempts = maxAttempts.map(Int.init)
    }
}

/// A pause.
public struct JobPause: Sendable {
    /// Nil: every kind.
    public let kind: String?
    /// Nil: every tenant.
    public let tenant: Int32?
    public let reason: String?
    public let by: String
    public let since: Date

    init(_ row: Row) throws {
        (kind, tenant, reason, by, since) = try row.decode(String?.self, Int32?.self, String?.self, String.self, Date.self)
    }
}

/// How many jobs of a queue, kind and lane stand in a state.
public struct JobCount: Sendable {
    public let queue: String
    public let kind: String
    public let lane: Lane
    public let state: String
    public let jobs: Int
    /// When the oldest of them was enqueued.
    public let oldest: Date
    public let countedAt: Date

    init(_ row: Row) throws {
        let (lane, jobs): (Int16, Int64)
        (queue, kind, lane, state, jobs, oldest, countedAt) = try row.decode(
            String.self, String.self, Int16.self, String.self, Int64.self, Date.self, Date.self)
        self.lane = Lane(rawValue: lane) ?? .backfill
        self.jobs = Int(jobs)
    }
}

/// A worker that is at work.
public struct JobWorkerRecord: Sendable, Identifiable {
    public let id: Int32
    public let program: String
    public let host: String
    public let pid: Int32
    public let queue: String
    public let slots: Int32
    public let startedAt: Date
    public let beatAt: Date
    public let expiresAt: Date
    public let isDraining: Bool

    init(_ row: Row) throws {
        (id, program, host, pid, queue, slots, startedAt, beatAt, expiresAt, isDraining) = try row.decode(
            Int32.self, String.self, String.self, Int32.self, String.self, Int32.self, Date.self, Date.self, Date.self, Bool.self)
    }
}
