/// What is counted at the end of a high availability run.
public struct HighAvailabilityOutcome: Encodable, Sendable {
    /// How many failures there were.
    public var failures: Int
    /// Calls and callback requests that should stand in Dynamics and don't, and those that the hub never took in.
    public var lost: Int
    /// Those with more than one phone call.
    public var twice: Int
    /// The longest time without a completed call at any of the failures, in seconds: by Dynamics' stamps and by the hub's.
    public var worstGapS: Double
    /// The same for each kind of failure.
    public var gapsS: [String: Double]
    /// The longest before the first failure.
    public var calmGapS: Double
    /// From the primary's end until another server took writes.
    public var failoverS: Double?
    /// From the cut until an instance behind it told of it at `/health/ready`, and from its mending until it was ready again.
    public var cutNoticedS: Double?
    public var cutRejoinedS: Double?
    /// From the moment Enreach showed a call until its phone call was completed, at worst.
    public var slowestCallS: Double?
    /// Questions to the routers that got something else than 200 or 204, or nothing within 5 s: ours, and Enreach's.
    public var routerErrors: Int
    public var routerAsked: Int
    public var routerSlowestMs: Double
    /// Visits to the consoles' sign-in pages that got something else, or nothing within 5 s.
    public var consoleErrors: Int
    public var consoleAsked: Int
    /// The longest time at any of the failures in which no console was ready, in seconds.
    public var consoleGapS: Double
    /// Instances that ended by themselves.
    public var programsEnded: Int
    /// What made the network cut.
    public var cutBy: String
    /// How long Patroni lets a leader's claim hold.
    public var ttlS: Int
    public var calls: Int
    public var callbacks: Int
    public var wrong: Int
    public var dead: Int
    public var pending: Int
    /// Whether everything is in exactly one state.
    public var balanced: Bool
    public var seconds: Double

    /// How soon work has to go on.
    public static let allowedGap = 15.0

    public var isClean: Bool {
        lost == 0 && twice == 0 && wrong == 0 && dead == 0 && pending == 0 && balanced && routerErrors == 0 && consoleErrors == 0
            && programsEnded == 0 && worstGapS <= Self.allowedGap && consoleGapS <= Self.allowedGap
    }
}
