public import Foundation

/// What a correct hub must end with for one call.
public struct CallExpectation: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable {
        /// One completed phone call of the hub's own.
        case written
        /// The agent's own phone call, completed and marked with the call's id.
        case adopted
        /// No phone call.
        case skipped
        /// No phone call any more; the hub may have written one in between.
        case withdrawn
    }

    public var callID: UUID
    /// The case it was made for, `internal`, `transfer`, `late-recording`.
    public var kind: String
    public var state: State
    /// Why it is skipped or withdrawn: `private`, `unclassified`, `no_time`, `internal`, `missed`,
    /// `unanswered`, `too_short`, `reclassified`.
    public var reason: String?
    /// The systemuser that must own it.
    public var owner: UUID?
    /// `inbound` or `outbound`.
    public var direction: String
    /// When it began to ring.
    public var start: Date?
    /// Seconds of talk.
    public var duration: Int
    /// The other party's number as received.
    public var number: String?
    /// `contact` or `account`, and its id; nil when there is none to find.
    public var regardingTable: String?
    public var regardingID: UUID?
    /// False when several customers have the number, so that any choice, or none, is right.
    public var regardingCertain: Bool
    public var queueName: String?
    public var recordings: Int
    /// The phone call to adopt.
    public var adopts: UUID?
    /// When the last change that decides about it happens in Enreach; it shows `visibleAfter` later.
    public var readyAt: Date
    /// When the last change to it at all happens, a recording that comes late.
    public var settledAt: Date
}

/// What a load made.
public struct ScenarioSummary: Codable, Sendable {
    public var name: ScenarioRequest.Name
    public var mode: ScenarioRequest.Mode
    public var seed: UInt64?
    public var calls: Int
    public var callbacks: Int
    /// The callback profiles under which the expectations hold.
    public var callbackProfiles: [AssumedCallbackProfile]
    /// Events without a call id.
    public var nameless: Int
    /// Expected states, and the cases behind them.
    public var states: [String: Int]
    public var kinds: [String: Int]
    /// When the first change happens, and the last.
    public var from: Date?
    public var to: Date?
    public var changesLeft: Int
    /// The value for the hub's DefaultCrmAssignee.
    public var defaultCrmAssignee: String
    public var settings: AssumedSettings

    init(request: ScenarioRequest, script: ScenarioScript, changesLeft: Int) {
        name = request.name
        mode = request.mode
        seed = request.seed
        calls = script.expectations.count
        callbacks = script.callbackExpectations.count
        callbackProfiles = script.callbackWorld.profiles
        nameless = script.nameless
        states = Dictionary(script.expectations.map { ($0.state.rawValue, 1) }, uniquingKeysWith: +)
        kinds = Dictionary(script.expectations.map { ($0.kind, 1) }, uniquingKeysWith: +)
        from = script.changes.first?.at
        to = script.changes.last?.at
        self.changesLeft = changesLeft
        defaultCrmAssignee = script.people.defaultAssignee?.enreachID.uuidString.lowercased() ?? ""
        settings = request.settings
    }
}
