/// What a request is expected to cost before it is sent.
public struct RequestCost: Sendable, Hashable {
    /// Time the service is expected to spend on the request, in seconds as the service counts them.
    public var executionSeconds: Double

    public init(executionSeconds: Double) {
        self.executionSeconds = max(0, executionSeconds)
    }
}

/// The right to send one request; hand it back with ``RequestBudget/report(_:)``, whatever became of the request.
public struct Admission: Sendable, Hashable {
    public var id: UInt64
    public var lane: BudgetLane
    public var cost: RequestCost
    /// How long the request had to wait for it.
    public var waited: Duration

    public init(id: UInt64, lane: BudgetLane, cost: RequestCost, waited: Duration = .zero) {
        self.id = id
        self.lane = lane
        self.cost = cost
        self.waited = waited
    }
}

/// Which of the three limits refused a request.
public enum ThrottleKind: String, Sendable, Hashable, CaseIterable {
    case requests
    case executionTime = "execution_time"
    case concurrency
    /// The database behind the service, or an answer that does not say.
    case other
}

/// What became of an admitted request, as far as the budget is concerned.
public struct RequestReport: Sendable {
    public var admission: Admission
    /// The label of the web server that answered (the value of its affinity cookie, which is never sent back); nil when the
    /// answer names none or there was no answer.
    public var server: String?
    /// From the first byte sent to the last byte read.
    public var elapsed: Duration
    /// What the service says is left of the server's execution time; nil when it says nothing.
    public var remainingExecutionSeconds: Double?
    /// What the service says is left of the server's requests; nil when it says nothing.
    public var remainingRequests: Int?
    /// The degree of parallelism the service recommends; nil when it says nothing.
    public var parallelismHint: Int?
    /// Set when the request was refused with 429.
    public var throttle: Throttle?

    public struct Throttle: Sendable, Hashable {
        public var kind: ThrottleKind
        /// nil when the answer had no `Retry-After`.
        public var retryAfter: Duration?

        public init(kind: ThrottleKind, retryAfter: Duration?) {
            self.kind = kind
            self.retryAfter = retryAfter
        }
    }

    public init(
        admission: Admission, server: String? = nil, elapsed: Duration = .zero, remainingExecutionSeconds: Double? = nil,
        remainingRequests: Int? = nil, parallelismHint: Int? = nil, throttle: Throttle? = nil
    ) {
        self.admission = admission
        self.server = server
        self.elapsed = elapsed
        self.remainingExecutionSeconds = remainingExecutionSeconds
        self.remainingRequests = remainingRequests
        self.parallelismHint = parallelismHint
        self.throttle = throttle
    }
}

/// The service protection limits of one tenant's environment, shared by everybody who sends requests to it.
public protocol RequestBudget: Sendable {
    /// Waits until a request of this cost may be sent. Lower lanes go first; within a lane, first come, first served.
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    func admit(lane: BudgetLane, cost: RequestCost) async throws -> Admission
    /// Takes the admission back with what was learnt. Does not wait.
    func report(_ report: RequestReport)
    /// The figures for metrics, as this instance knows them.
    var figures: BudgetFigures { get }
    /// Seconds of execution the service counts for one second on our clock; 1 except against a simulator that runs faster.
    var timeScale: Double { get }
}

extension RequestBudget {
    public var timeScale: Double { 1 }
}
