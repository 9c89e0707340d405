public import FoundationEssentials

/// What Enreach said of one user's or one queue's part in a call; a call has one or several.
///
/// Values are as received: a missing time or a negative duration is for ``CallFacts`` to judge.
public struct CallLeg: Sendable, Hashable {
    public enum Source: String, Sendable, Hashable {
        /// An event of `GET /calls`.
        case user
        /// An element of `GET /servicecall`.
        case queue
    }

    public var source: Source
    public var direction: Direction
    public var privacy: Privacy
    public var answered: Bool
    /// Calling and called number, as received.
    public var from: String?
    public var to: String?
    public var startedAt: Date?
    public var endedAt: Date?
    /// Seconds of talk.
    public var seconds: Int?
    /// Seconds of ringing before.
    public var ringSeconds: Int?
    public var userID: UUID?
    public var userName: String?
    public var queueID: UUID?
    public var queueName: String?
    public var callType: String?
    public var recordingIDs: [UUID]
    public var transcriptIDs: [UUID]
    public var modifiedAt: Date?

    public init(
        source: Source, direction: Direction, privacy: Privacy, answered: Bool, from: String? = nil, to: String? = nil,
        startedAt: Date? = nil, endedAt: Date? = nil, seconds: Int? = nil, ringSeconds: Int? = nil, userID: UUID? = nil,
        userName: String? = nil, queueID: UUID? = nil, queueName: String? = nil, callType: String? = nil,
        recordingIDs: [UUID] = [], transcriptIDs: [UUID] = [], modifiedAt: Date? = nil
    ) {
        self.source = source
        self.direction = direction
        self.privacy = privacy
        self.answered = answered
        self.from = from
        self.to = to
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.seconds = seconds
        self.ringSeconds = ringSeconds
        self.userID = userID
        self.userName = userName
        self.queueID = queueID
        self.queueName = queueName
        self.callType = callType
        self.recordingIDs = recordingIDs
        self.transcriptIDs = transcriptIDs
        self.modifiedAt = modifiedAt
    }

    /// When the leg ended: as said, else reckoned from start, ringing and talk.
    public var end: Date? {
        if let endedAt { return endedAt }
        guard let startedAt else { return nil }
        let length = Self.reckoned(seconds) + Self.reckoned(ringSeconds)
        return length > 0 ? startedAt.addingTimeInterval(Double(length)) : nil
    }

    /// Talk in seconds, never negative, none when nobody answered.
    public var talkSeconds: Int { answered ? min(max(seconds ?? 0, 0), Self.longestTalk) : 0 }

    /// The longest talk that is believed: a week.
    static let longestTalk = 7 * 86_400

    /// A length fit to reckon with, whatever was received: none is negative or over ten years.
    private static func reckoned(_ seconds: Int?) -> Int { min(max(seconds ?? 0, 0), 3_650 * 86_400) }

    /// The stretch of time in which was talked; nil when there was none, or no time to put it at.
    public var talk: Range<Date>? {
        let length = Double(talkSeconds)
        guard length > 0 else { return nil }
        if let endedAt { return endedAt.addingTimeInterval(-length)..<endedAt }
        guard let startedAt else { return nil }
        let answeredAt = startedAt.addingTimeInterval(Double(Self.reckoned(ringSeconds)))
        return answeredAt..<answeredAt.addingTimeInterval(length)
    }
}
