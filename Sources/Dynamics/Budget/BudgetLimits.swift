/// The service protection limits of one web server and one user, and the clock they run on.
///
/// The defaults are those of "Service protection API limits". Environments differ (more requests were seen), so all of them are
/// configuration; what the service reports in its headers always wins over them.
public struct BudgetLimits: Sendable, Hashable, Codable {
    /// Length of the sliding window, in seconds.
    public var windowSeconds: Double
    /// Requests within the window.
    public var requests: Int
    /// Execution time within the window, in seconds as the service counts them.
    public var executionSeconds: Double
    /// Requests at once.
    public var concurrency: Int
    /// How many seconds of execution the service counts for one second on our clock: 1, except against a simulator that runs faster.
    public var timeScale: Double
    /// The highest accepted probability that a request meets a full server; lower wastes admission, higher earns 429 answers.
    public var acceptedRisk: Double
    /// How much of the requests in flight is taken to count already. The service counts a request when it ends, and so refuses after the fact; less
    /// fills a window fuller, and earns a refusal where news of what has ended come late, as on a busy machine. One refusal stops everybody for most of
    /// a window, which costs more than all that a small share brings.
    public var inFlightShare: Double
    /// How many times as many requests may run at once as the execution time can sustain. More empties a queue faster after a pause, and weighs
    /// heavier on the environment.
    public var burst: Double

    public init(
        windowSeconds: Double = 300, requests: Int = 6000, executionSeconds: Double = 1200, concurrency: Int = 52,
        timeScale: Double = 1, acceptedRisk: Double = 0.005, inFlightShare: Double = 0.75, burst: Double = 4
    ) {
        self.windowSeconds = windowSeconds
        self.requests = requests
        self.executionSeconds = executionSeconds
        self.concurrency = concurrency
        self.timeScale = timeScale
        self.acceptedRisk = acceptedRisk
        self.inFlightShare = inFlightShare
        self.burst = burst
    }
}
