import FoundationEssentials

/// A JSON value of texts, whole numbers, objects and nothing else: what can be written in one way only.
indirect enum CanonicalJSON: Sendable, Hashable, Codable {
    case text(String)
    case whole(Int)
    case object([String: CanonicalJSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let whole = try? container.decode(Int.self) {
            self = .whole(whole)
        } else {
            self = .object(try container.decode([String: CanonicalJSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .whole(let whole): try container.encode(whole)
        case .object(let members): try container.encode(members)
        }
    }

    /// The bytes that are signed: members in the order of their names, no white space.
    func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
