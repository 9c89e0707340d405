import Foundation

/// A JSON value, and whether it is one of an Edm type (OData JSON Format, section 7.1).
enum EdmValue: Decodable, Hashable, Sendable {
    enum Kind: String {
        case guid = "Edm.Guid"
        case text = "Edm.String"
        case bool = "Edm.Boolean"
        case int = "Edm.Int32"
        case time = "Edm.DateTimeOffset"
    }

    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([EdmValue])
    case object([String: EdmValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([EdmValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: EdmValue].self))
        }
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    var list: [EdmValue]? {
        guard case .list(let list) = self else { return nil }
        return list
    }

    var object: [String: EdmValue]? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    func isOne(of property: EntityModel.Property) -> Bool {
        if case .null = self { return property.isNullable }
        guard let kind = Kind(rawValue: property.type) else { return false }
        switch kind {
        case .guid: return text.map { $0.wholeMatch(of: /[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/) != nil } ?? false
        case .text: return text != nil
        case .bool: return self == .bool(true) || self == .bool(false)
        case .int: return number.map { Int32(exactly: $0) != nil } ?? false
        case .time:
            let match = text?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.(?<places>\d{1,12}))?)?(Z|[+-]\d\d:\d\d)/)
            return match.map { ($0.output.places?.count ?? 0) <= property.precision } ?? false
        }
    }

    /// As it stands in a URL.
    var literal: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let number): "\(Int(number))"
        case .text(let text): "'\(text.replacing("'", with: "''"))'"
        case .list, .object: ""
        }
    }
}
