public import FoundationEssentials

/// A queue (`GET /queues`).
public struct EnreachQueue: Sendable, Equatable {
    public var id: UUID?
    public var name: String?
    /// 1 user direct, 2 personal work, 4 service queue, 5 IVR queue, 6 short number, 7 technical.
    public var typeID: Int?
    /// Phone numbers of the queue as received; may be empty.
    public var numbers: [String] = []
    public var unreadable: [AnswerField] = []
    public var raw: [UInt8] = []

    public init() {}

    /// A user's own numbers: calls through them are direct calls, which the user classes, not service calls.
    public static func isDirect(typeID: Int) -> Bool { typeID == 1 || typeID == 2 }
}

extension EnreachQueue: AnswerElement {
    static let prefix = "queue."

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .queueID: id = try value.uuid()
        case .queueName: name = try value.text()
        case .queueTypeID: typeID = try value.integer()
        case .queueNumbers: numbers = try value.texts()
        default: try value.skip()
        }
    }
}
