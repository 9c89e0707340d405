/// What the sandbox says of the hub's work: it knows what should stand in Dynamics, and what does.
struct Verdict: Decodable, Sendable {
    struct Latency: Decodable, Sendable {
        let p50: Double?
        let p95: Double?
        let max: Double?
    }

    struct Difference: Decodable, Sendable {
        let what: String
        let callID: String
        /// The case of the scenario.
        let kind: String
        let expected: String
        let found: String

        /// In one line.
        var words: String { "\(what) of \(callID) (\(kind)): expected \(expected), found \(found)" }
    }

    let expected: Int
    let present: Int
    let missing: Int
    let duplicates: Int
    let wrong: [Difference]
    /// From the moment Enreach showed a call to its completed phone call, and from the call's end; in milliseconds.
    let latency: Latency?
    let latencyFromEnd: Latency?

    enum CodingKeys: String, CodingKey {
        case expected, present, missing, duplicates, wrong
        case latency = "latency_ms"
        case latencyFromEnd = "latency_from_end_ms"
    }

    var isClean: Bool { missing == 0 && duplicates == 0 && wrong.isEmpty }
}

/// The sandbox's record of what it was asked.
struct RequestFigures: Decodable, Sendable {
    let bySide: [String: Int]
    let byStatus: [String: Int]?

    /// Requests to Dataverse, sign-ins not counted.
    var dataverse: Int { bySide["dataverse"] ?? 0 }
}
