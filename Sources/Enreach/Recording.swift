public import FoundationEssentials

/// What the vendor says of a recording (`GET /calls/recordings/{id}`).
public struct Recording: Sendable, Equatable {
    public var id: UUID
    /// Absolute address of the file; its token alone opens it, so it is a secret while the token lives.
    public var url: String?
}

/// A transcript of a call (`GET /calls/transcripts/{id}`).
public struct Transcript: Sendable, Equatable {
    public var id: UUID
    /// The vendor's word; known are `Pending` and `Completed`.
    public var status: String?
    /// The text, once completed.
    public var text: String?

    public var isPending: Bool { status?.lowercased() == "pending" }
}

struct RecordingAnswer: AnswerElement, Equatable {
    static let prefix = "recording."
    var url: String?
    var unreadable: [AnswerField] = []
    var raw: [UInt8] = []

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .recordingURL: url = try value.text()
        default: try value.skip()
        }
    }
}

struct TranscriptAnswer: AnswerElement, Equatable {
    static let prefix = "transcript."
    var status: String?
    var text: String?
    var unreadable: [AnswerField] = []
    var raw: [UInt8] = []

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .transcriptStatus: status = try value.text()
        case .transcriptText: text = try value.text()
        default: try value.skip()
        }
    }
}
