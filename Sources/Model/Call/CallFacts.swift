public import FoundationEssentials

/// One call as people speak of it: who with whom, when, how long; folded from its legs.
public struct CallFacts: Sendable, Hashable {
    /// Something odd about the data that was handled by rule; the timeline names it.
    public enum Oddity: String, Sendable, Hashable, CaseIterable {
        case noID = "no_id"
        case noTime = "no_time"
        case negativeDuration = "negative_duration"
        case endBeforeStart = "end_before_start"
        case endlessDuration = "endless_duration"
        case unreadableNumber = "unreadable_number"
    }

    public var privacy: Privacy
    public var direction: Direction
    public var answered: Bool
    /// Start of the earliest leg. Nil when no leg has a time.
    public var startedAt: Date?
    public var endedAt: Date?
    /// Seconds of talk: no ringing, simultaneous legs once.
    public var talkSeconds: Int
    /// The tenant's side.
    public var own: PhoneNumber
    /// The other party's side.
    public var other: PhoneNumber
    /// Who talked longest; of a call nobody answered the only user it rang at, if there was one only.
    public var userID: UUID?
    public var userName: String?
    public var queueID: UUID?
    public var queueName: String?
    public var recordingIDs: [UUID]
    public var transcriptIDs: [UUID]
    public var modifiedAt: Date?
    public var oddities: Set<Oddity>
    /// A number of the call was erased on request: nothing is known of either party, and the call goes nowhere.
    public var isErased = false

    public init(
        privacy: Privacy, direction: Direction, answered: Bool, startedAt: Date?, endedAt: Date?, talkSeconds: Int,
        own: PhoneNumber,
        other: PhoneNumber, userID: UUID? = nil, userName: String? = nil, queueID: UUID? = nil, queueName: String? = nil,
        recordingIDs: [UUID] = [], transcriptIDs: [UUID] = [], modifiedAt: Date? = nil, oddities: Set<Oddity> = []
    ) {
        self.privacy = privacy
        self.direction = direction
        self.answered = answered
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.talkSeconds = talkSeconds
        self.own = own
        self.other = other
        self.userID = userID
        self.userName = userName
        self.queueID = queueID
        self.queueName = queueName
        self.recordingIDs = recordingIDs
        self.transcriptIDs = transcriptIDs
        self.modifiedAt = modifiedAt
        self.oddities = oddities
    }
}
