import Foundation

/// Where Enreach's core asks what to do with a call.
public struct SmartRoutingTarget: Sendable, Codable, Equatable {
    /// The full address, `http://127.0.0.1:8090/route`.
    public var endpoint: String
    /// Sent in `X-Benemen-APIKey`.
    public var key: String
    /// Real seconds before the default routing goes on; 5 where nothing else was agreed.
    public var patience: Double?
    /// Agreed names of queues by their numbers.
    public var targetIDs: [String: String]?
    /// So many of a hundred calls find nobody where they were sent, and overflow from there; none where nothing is said.
    public var overflow: Int?

    public init(
        endpoint: String, key: String, patience: Double? = nil, targetIDs: [String: String]? = nil, overflow: Int? = nil
    ) {
        (self.endpoint, self.key, self.patience, self.targetIDs) = (endpoint, key, patience, targetIDs)
        self.overflow = overflow
    }
}

/// What came of the questions.
public struct SmartRoutingFigures: Sendable, Codable, Equatable {
    /// Calls that were asked about, and those of them that have their answer.
    public var asked = 0
    public var answered = 0
    /// Calls that stayed on their default route (204), and calls that were sent elsewhere (200).
    public var standard = 0
    public var rerouted = 0
    public var disconnected = 0
    /// Calls that found nobody where they were sent: they went to the FailTarget, or without one on by default.
    public var overflowed = 0
    /// Calls that came with a targetid, and calls of colleagues.
    public var named = 0
    public var internals = 0
    /// Answers that are none: time-outs, cut connections, other statuses, bodies that can't be read, the called number as target.
    public var errors = 0
    /// Calls that came by a number twice.
    public var loops = 0
    /// Milliseconds that answers took.
    public var slowest = 0.0
    public var total = 0.0
    /// The first of what went wrong.
    public var faults: [String] = []

    public init() {}
}
