/// What a budget shows to metrics and to the console.
public struct BudgetFigures: Sendable, Hashable {
    /// Requests admitted by this instance, by lane.
    public var admitted: [BudgetLane: Int] = [:]
    /// Time requests of this instance waited for admission, in seconds, by lane.
    public var waitedSeconds: [BudgetLane: Double] = [:]
    /// Requests of this instance that are waiting now, by lane.
    public var waiting: [BudgetLane: Int] = [:]
    /// 429 answers this instance got, by limit.
    public var throttled: [ThrottleKind: Int] = [:]
    /// Leases this instance has fetched.
    public var exchanges = 0
    /// Requests of this instance in flight.
    public var inFlight = 0
    /// How many requests all instances together may have in flight now.
    public var concurrencyLimit = 0
    /// Web servers seen within the window.
    public var servers = 0
    /// Execution time left on the fullest server, in seconds; nil when nothing is known yet.
    public var remainingExecutionSeconds: Double?
    /// Requests left on the fullest server; nil when nothing is known yet.
    public var remainingRequests: Int?
    /// For how long nobody may send, after a 429; zero when free.
    public var blockedSeconds = 0.0

    public init() {}
}
