/// What can go wrong on purpose.
public enum FaultKind: String, Codable, Sendable, CaseIterable {
    /// The connection is reset as soon as it is made. (`Outage` closes the port itself.)
    case refuse
    /// The answer comes late, by `seconds`.
    case slow
    /// The connection is cut before anything was done.
    case cutBefore
    /// The connection is cut after the work was done: the client can't know.
    case cutAfter
    case status500
    case status502
    case status503
    case status504
    /// The first half of the right answer, under a matching Content-Length.
    case truncate
    /// A page that is not what was asked for, with status 200.
    case garbage
    /// 429: too many requests in the window.
    case throttleRequests
    /// 429: too much execution time in the window.
    case throttleTime
    /// 429: too many requests at once.
    case throttleConcurrency
    /// The write falls victim to a deadlock (SQL error 1205).
    case deadlock
    /// 401, as if the token had expired (Dataverse) or the key were unknown (Enreach).
    case expiredToken
    /// 403, as for a user without the right (Enreach; Dataverse has rights of its own).
    case forbidden
    /// The sign-in itself fails.
    case signInFails
    /// Elements of a list answer come twice, or a webhook is sent twice.
    case duplicate
    /// Elements of a list answer, or webhooks, come in another order.
    case reorder
    /// Calls become visible later than usual, by `seconds`.
    case late
    /// A webhook is never sent, or is sent late by `seconds`.
    case lose
    case delay
    /// Enreach refuses to close a callback request (409).
    case refuseClose
}

/// Which part of the sandbox a fault strikes.
public enum FaultSide: String, Codable, Sendable, CaseIterable {
    case enreach, dataverse, signIn, webhook
}

/// One kind of trouble at one side, at a rate.
public struct Fault: Codable, Sendable, Equatable {
    public var kind: FaultKind
    public var side: FaultSide
    /// Share of the occasions that are struck, 0 to 1.
    public var rate: Double
    /// How long, for `slow`, `late` and `delay`; for the throttles the Retry-After. nil is the kind's default.
    public var seconds: Double?
    /// Only requests whose path contains this.
    public var path: String?
    /// Only requests whose body contains this (Dataverse).
    public var body: String?
    /// How many times it may strike in all; nil is no bound.
    public var times: Int?

    public init(
        _ kind: FaultKind, on side: FaultSide, rate: Double = 1, seconds: Double? = nil, path: String? = nil,
        body: String? = nil, times: Int? = nil
    ) {
        self.kind = kind
        self.side = side
        self.rate = rate
        self.seconds = seconds
        self.path = path
        self.body = body
        self.times = times
    }
}
