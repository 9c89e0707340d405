/// What was asked, let in, refused and used since the record was begun.
struct AdmissionRecord {
    private(set) var requests = 0
    private(set) var admittedRequests = 0
    private(set) var refusals: [ThrottleKind: Int] = [:]
    private(set) var execution = 0.0
    private(set) var operations = 0
    private(set) var first: Double?
    private(set) var last = 0.0

    mutating func arrived(at now: Double) {
        if first == nil { first = now }
        last = max(last, now)
        requests += 1
    }

    mutating func admitted() { admittedRequests += 1 }
    mutating func refused(_ kind: ThrottleKind) { refusals[kind, default: 0] += 1 }
    mutating func ran(operations count: Int) { operations += count }

    mutating func finished(execution seconds: Double, at now: Double) {
        execution += seconds
        last = max(last, now)
    }

    func figures(limits: DataverseLimits, servers: Int) -> DataverseLimitFigures {
        let duration = first.map { last - $0 } ?? 0
        return DataverseLimitFigures(
            requests: requests, admittedRequests: admittedRequests, operations: operations,
            throttled: refusals.values.reduce(0, +),
            throttledByKind: Dictionary(uniqueKeysWithValues: refusals.map { ($0.key.rawValue, $0.value) }),
            usedSeconds: execution, durationSeconds: duration,
            sustainedSeconds: Double(servers) * limits.executionTime / limits.window * duration,
            possibleSeconds: Double(servers) * AdmissionRecord.possible(limits, duration),
            possibleRequests: Double(servers) * Double(limits.requests) * (duration / limits.window).rounded(.up))
    }

    /// The most execution time one server's window can let pass in a run of that length: a full window's worth at once
    /// (as fast as the concurrency limit lets it run), and again whenever the window has emptied.
    static func possible(_ limits: DataverseLimits, _ duration: Double) -> Double {
        let windows = (duration / limits.window).rounded(.down)
        let rest = duration - windows * limits.window
        return windows * limits.executionTime + min(limits.executionTime, Double(limits.concurrency) * rest)
    }
}

/// Admission figures, all times in simulated seconds, from the first request to the end of the last.
public struct DataverseLimitFigures: Sendable, Codable {
    /// Requests that reached service protection, refused ones included. A batch is one.
    public var requests: Int
    public var admittedRequests: Int
    /// Inner operations of batches and single requests that were run.
    public var operations: Int
    /// Requests answered 429, all kinds and by kind.
    public var throttled: Int
    public var throttledByKind: [String: Int]
    /// Execution time that ran.
    public var usedSeconds: Double
    public var durationSeconds: Double
    /// What the windows of all servers admit in the long run: servers × limit ÷ window × duration. An even load can use all
    /// of it; a load in bursts can use more while the run lasts a few windows only.
    public var sustainedSeconds: Double
    /// The most any client could have been admitted: every server's window filled in one burst whenever it had emptied.
    public var possibleSeconds: Double
    /// The same for the limit on requests.
    public var possibleRequests: Double

    /// Used of sustained.
    public var admissionRatio: Double { sustainedSeconds > 0 ? usedSeconds / sustainedSeconds : 0 }
    /// Used of possible. It falls by a window's worth whenever the run becomes longer than a whole number of windows.
    public var burstRatio: Double { possibleSeconds > 0 ? usedSeconds / possibleSeconds : 0 }
    public var throttledRatio: Double { requests > 0 ? Double(throttled) / Double(requests) : 0 }
}
