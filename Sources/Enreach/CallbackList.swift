public import FoundationEssentials

/// A list of callback requests (`GET callbacks/lists`).
public struct CallbackList: Sendable, Equatable {
    public var id: UUID?
    public var name: String?
    /// It is shown, but takes and gives nothing any more.
    public var isDeleted = false
    public var unreadable: [AnswerField] = []
    public var raw: [UInt8] = []

    public init() {}
}

extension CallbackList: AnswerElement {
    static let prefix = "callback_list."

    mutating func read(_ field: AnswerField, _ value: inout ValueReader) throws(JSONSyntaxError) {
        switch field {
        case .listID: id = try value.uuid() ?? id
        case .listName: name = try value.text() ?? name
        case .listDeleted: isDeleted = try value.flag()
        default: try value.skip()
        }
    }
}
