package import Foundation

/// One value that the command prints, as a cell of a table or as JSON.
package indirect enum OutputValue: Sendable, Hashable {
    case none
    case text(String)
    case whole(Int)
    case number(Double)
    case flag(Bool)
    case time(Date)
    case list([OutputValue])
    /// Members in the order they are printed in.
    case object([Member])
    /// JSON that comes from the database, printed as it is.
    case json(String)

    package struct Member: Sendable, Hashable {
        package let name: String
        package let value: OutputValue

        package init(name: String, value: OutputValue) {
            self.name = name
            self.value = value
        }
    }

    package static func object(_ members: KeyValuePairs<String, OutputValue>) -> OutputValue {
        .object(members.map { Member(name: $0.key, value: $0.value) })
    }
}

extension OutputValue {
    package static func text(_ value: String?) -> OutputValue { value.map { .text($0 as String) } ?? .none }
    package static func time(_ value: Date?) -> OutputValue { value.map { .time($0 as Date) } ?? .none }
    package static func integer(_ value: some BinaryInteger) -> OutputValue { .whole(Int(value)) }
    package static func integer(_ value: (some BinaryInteger)?) -> OutputValue { value.map { .whole(Int($0)) } ?? .none }

    /// The value as a person reads it in a table; times are UTC.
    package var plain: String {
        switch self {
        case .none: ""
        case .text(let text): text
        case .whole(let whole): String(whole)
        case .number(let number): String(format: "%.1f", number)
        case .flag(let flag): flag ? "yes" : "no"
        case .time(let date): PlainTime.seconds(date)
        case .list(let values): values.map(\.plain).joined(separator: ", ")
        case .object(let members): members.map { "\($0.name)=\($0.value.plain)" }.joined(separator: " ")
        case .json(let json): json
        }
    }

    package var isNumber: Bool {
        switch self {
        case .whole, .number: true
        default: false
        }
    }
}
