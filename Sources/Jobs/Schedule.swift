public import Postgres

/// A periodic job. Each of its slots is fired exactly once, however many workers there are: the transaction that moves the
/// schedule past a slot enqueues the slot's job.
public struct Schedule: Sendable, Hashable {
    public enum Slots: Sendable, Hashable {
        /// On multiples of a distance since 1970-01-01 UTC; at least 100 ms.
        case every(Duration)
        /// Daily at a time of day (`HH:MM`) in a time zone such as `Europe/Helsinki`.
        case daily(at: String, timeZone: String = "UTC")
    }

    /// Unique within the tenant.
    public var name: String
    /// Whose jobs; nil is the hub's own (tenant 0).
    public var tenant: Int32?
    public var kind: String
    public var slots: Slots
    /// Payload of its jobs; `slot` is added to it.
    public var payload: JSONB
    public var queue: String
    public var lane: Lane
    public var maxAttempts: Int16
    /// Slots missed while nothing ran are fired one by one; else only the newest of them is.
    public var catchesUp: Bool
    /// Fire even while the job of an earlier slot is unfinished.
    public var overlaps: Bool

    public init(
        name: String, tenant: Int32? = nil, kind: String, slots: Slots, payload: JSONB = "{}", queue: String = "default",
        lane: Lane = .live, maxAttempts: Int16 = 20, catchesUp: Bool = false, overlaps: Bool = false
    ) {
        self.name = name
        self.tenant = tenant
        self.kind = kind
        self.slots = slots
        self.payload = payload
        self.queue = queue
        self.lane = lane
        self.maxAttempts = maxAttempts
        self.catchesUp = catchesUp
        self.overlaps = overlaps
    }
}

/// Makes and removes schedules. Workers fire them.
public struct JobSchedules: Sendable {
    private let database: Database

    public init(database: Database) { self.database = database }

    /// Makes each schedule, or changes the one of its name to what is given. The next slot stays when the slots did not change,
    /// so every instance may call this at its start.
    public func ensure(_ schedules: [Schedule]) async throws {
        for schedule in schedules {
            let request = ScheduleStore.set(schedule)
            try await database.execute(request.statement, request.parameters)
        }
    }

    /// Removes a schedule; jobs that it enqueued stay.
    public func remove(_ name: String, tenant: Int32?) async throws {
        try await database.execute(ScheduleStore.remove, [tenant ?? 0, name])
    }
}

enum ScheduleStore {
    static let set = Statement(
        "schedule_set",
        "SELECT hub.schedule_set($1, $2, $3, $4, $5, $6, $7, $8::interval, $9::text::time, $10, $11, $12)")
    static let remove = Statement("schedule_remove", "DELETE FROM hub.schedule WHERE tenant_id = $1 AND name = $2")
    static let statements = [set, remove]

    static func set(_ schedule: Schedule) -> Request {
        let (every, at, zone): (Duration?, String?, String) =
            switch schedule.slots {
            case .every(let distance): (distance, nil, "UTC")
            case .daily(let at, let zone): (nil, at, zone)
            }
        return Request(
            set,
            [
                schedule.tenant ?? 0, schedule.name, schedule.kind, schedule.queue, schedule.lane.rawValue, schedule.maxAttempts,
                schedule.payload, every, at, zone, schedule.catchesUp, schedule.overlaps,
            ])
    }
}
