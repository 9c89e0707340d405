/// Which scenario to load, and how it is to pass.
public struct ScenarioRequest: Codable, Sendable {
    public enum Name: String, Codable, Sendable {
        /// People, customers and queues, no calls.
        case people
        /// All the cases, spread over a morning.
        case morning = "busy-morning"
        /// Plain Work calls, for measuring.
        case bulk
        /// Callback requests by every rule, no calls.
        case callbacks
    }

    public enum Mode: String, Codable, Sendable {
        /// Everything has happened already; the last change lies a minute back.
        case past
        /// It happens from now on, `speed` times as fast as planned. Each call keeps its length; only the time from one to the next shrinks.
        case live
    }

    public var name: Name
    public var calls: Int
    /// Callback requests.
    public var callbacks: Int
    /// nil takes the sandbox's seed.
    public var seed: UInt64?
    public var mode: Mode
    /// Planned length of the morning.
    public var hours: Double
    /// How fast a live morning passes; nil takes the clock's speed.
    public var speed: Double?
    /// Real seconds in which a live morning passes; goes before `speed`.
    public var seconds: Double?
    /// The hub's settings under which the expectations hold.
    public var settings: AssumedSettings
    /// Whether users of Dynamics start without their Enreach id, some of them findable only in other ways than by the plain e-mail.
    public var unmatchedPeople: Bool
    /// Whether one of the callback lists is never polled. Of its requests only those must come to stand whose webhook the hub took.
    public var webhookOnly: Bool

    public init(
        _ name: Name = .morning, calls: Int? = nil, callbacks: Int? = nil, seed: UInt64? = nil, mode: Mode = .past,
        hours: Double = 3, speed: Double? = nil, seconds: Double? = nil, settings: AssumedSettings = .init(),
        unmatchedPeople: Bool = false, webhookOnly: Bool = false
    ) {
        self.name = name
        self.calls = calls ?? Self.defaultCalls(name)
        self.callbacks = callbacks ?? Self.defaultCallbacks(name)
        self.seed = seed
        self.mode = mode
        self.hours = hours
        self.speed = speed
        self.seconds = seconds
        self.settings = settings
        self.unmatchedPeople = unmatchedPeople
        self.webhookOnly = webhookOnly
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decodeIfPresent(Name.self, forKey: .name) ?? .morning
        calls = try values.decodeIfPresent(Int.self, forKey: .calls) ?? Self.defaultCalls(name)
        callbacks = try values.decodeIfPresent(Int.self, forKey: .callbacks) ?? Self.defaultCallbacks(name)
        seed = try values.decodeIfPresent(UInt64.self, forKey: .seed)
        mode = try values.decodeIfPresent(Mode.self, forKey: .mode) ?? .past
        hours = try values.decodeIfPresent(Double.self, forKey: .hours) ?? 3
        speed = try values.decodeIfPresent(Double.self, forKey: .speed)
        seconds = try values.decodeIfPresent(Double.self, forKey: .seconds)
        settings = try values.decodeIfPresent(AssumedSettings.self, forKey: .settings) ?? .init()
        unmatchedPeople = try values.decodeIfPresent(Bool.self, forKey: .unmatchedPeople) ?? false
        webhookOnly = try values.decodeIfPresent(Bool.self, forKey: .webhookOnly) ?? false
    }

    private static func defaultCalls(_ name: Name) -> Int {
        switch name {
        case .people, .callbacks: 0
        case .morning: 3000
        case .bulk: 100_000
        }
    }

    private static func defaultCallbacks(_ name: Name) -> Int { name == .callbacks ? 500 : 0 }
}

/// Settings of the hub under test that decide what must come out.
public struct AssumedSettings: Codable, Sendable, Equatable {
    /// Seconds of talk; shorter calls are not synced.
    public var callDurationLimit = 5
    /// Seconds around a call's start in which an agent's own phone call counts as the same.
    public var callStartMargin = 60
    /// Whether calls that nobody answered are synced.
    public var unanswered = false
    /// Whether calls between two own users are synced.
    public var `internal` = false

    public init() {}

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        callDurationLimit = try values.decodeIfPresent(Int.self, forKey: .callDurationLimit) ?? callDurationLimit
        callStartMargin = try values.decodeIfPresent(Int.self, forKey: .callStartMargin) ?? callStartMargin
        unanswered = try values.decodeIfPresent(Bool.self, forKey: .unanswered) ?? unanswered
        `internal` = try values.decodeIfPresent(Bool.self, forKey: .internal) ?? `internal`
    }
}
