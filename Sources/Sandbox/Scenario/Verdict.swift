import Foundation

/// What stands in Dataverse against what must stand there.
public struct Verdict: Codable, Sendable {
    /// Something that is not as it must be.
    public struct Fault: Codable, Sendable {
        /// `missing`, `duplicate`, `unexpected`, `not_adopted`, `owner`, `direction`, `duration`, `start`, `number`, `regarding`,
        /// `not_completed`, `queue_name`, `recording`, `unmarked`.
        public var what: String
        public var callID: String
        /// The case of the scenario.
        public var kind: String
        public var expected: String
        public var found: String
    }

    public struct Latency: Codable, Sendable {
        public var p50: Double
        public var p95: Double
        public var p99: Double
        public var max: Double
        public var count: Int

        /// Nil: there are none.
        init?(seconds: [Double]) {
            guard !seconds.isEmpty else { return nil }
            let sorted = seconds.sorted()
            func at(_ share: Double) -> Double {
                (sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] * 1000).rounded()
            }
            (p50, p95, p99, max, count) = (at(0.5), at(0.95), at(0.99), at(1), sorted.count)
        }
    }

    /// Calls of the scenario, and those of them whose time has come.
    public var calls = 0
    public var due = 0
    /// Of the due ones: how many must have a phone call, and how many have exactly one.
    public var expected = 0
    public var present = 0
    public var adopted = 0
    /// Of the due ones: how many must have none, by reason.
    public var none: [String: Int] = [:]
    public var missing = 0
    /// Phone calls too many: with an id that another has, or beside one that had to be adopted.
    public var duplicates = 0
    /// Phone calls of calls that must have none.
    public var unexpected = 0
    /// Phone calls without a call id that no agent's client made.
    public var unmarked = 0
    /// How often each kind of fault was found.
    public var counts: [String: Int] = [:]
    /// The first hundred of them.
    public var wrong: [Fault] = []
    /// Milliseconds from the moment Enreach's API showed a call to the moment its phone call was completed. Sandbox's own stamps.
    public var latencyMilliseconds: Latency?
    /// Milliseconds from the end of the call to the same moment; of a call that was changed later, from the change that decided about it
    /// (each a second before its record in Enreach).
    public var latencyFromEndMilliseconds: Latency?
    /// Changes of the scenario that are still to come.
    public var changesLeft = 0
    /// Nothing is wrong and nothing is still to come.
    public var clean = false

    private enum CodingKeys: String, CodingKey {
        case calls, due, expected, present, adopted, none, missing, duplicates, unexpected, unmarked, counts, wrong
        case latencyMilliseconds = "latency_ms"
        case latencyFromEndMilliseconds = "latency_from_end_ms"
        case changesLeft = "changes_left"
        case clean
    }

    public init() {}
}
