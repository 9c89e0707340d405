/// What can go wrong with one request to the simulated Dataverse, decided from outside.
public enum DataverseFault: Sendable {
    /// The connection is closed; at `.before` nothing was done, at `.afterCommit` everything was.
    case cut
    /// The answer comes that many simulated seconds later.
    case slow(seconds: Double)
    /// A gateway answers in its place (500, 502, 503, 504) with an HTML page.
    case gateway(status: Int)
    /// A refusal by service protection, whatever the windows say.
    case throttled(ThrottleKind, retryAfter: Int)
    /// The bearer token counts as expired: 401.
    case expiredToken
    /// SQL error 1205 in the place of the write (only at `.before`).
    case deadlock
}

/// The three facets of service protection.
public enum ThrottleKind: String, Sendable, CaseIterable {
    case requests, executionTime, concurrency
}

/// Where a fault is asked for: before anything is done, or when all of it is done and only the answer is missing.
public enum DataverseFaultPoint: Sendable { case before, afterCommit }

/// Asked once at each point of each request; nil lets the request pass. It must be quick: no waiting.
public typealias DataverseFaultDecision = @Sendable (DataverseFaultPoint, SandboxRequest) -> DataverseFault?
