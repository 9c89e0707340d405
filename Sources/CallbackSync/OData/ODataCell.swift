import FoundationEssentials
import Model

/// A value of a row that is served.
enum ODataCell: Sendable, Hashable {
    case null
    case text(String)
    case guid(UUID)
    case bool(Bool)
    case number(Int)
    /// Only in filters: no column has such values.
    case decimal(Double)
    case time(Date)

    func write(_ name: String, to json: inout JSONText) {
        switch self {
        case .null: json.member(name, null: ())
        case .text(let text): json.member(name, text)
        case .guid(let id): json.member(name, id.lowercase)
        case .bool(let flag): json.member(name, flag)
        case .number(let number): json.member(name, number)
        case .decimal(let number): json.member(name, "\(number)")
        case .time(let date): json.member(name, DataverseTime.text(date))
        }
    }

    /// Nil when the two can't be compared. Text without regard to case, as Dataverse compares.
    func compared(to other: ODataCell) -> Int? {
        switch (self, other) {
        case (.text(let a), .text(let b)): Self.sign(a.lowercased(), b.lowercased())
        case (.guid(let a), .guid(let b)): Self.sign(a.lowercase, b.lowercase)
        case (.guid(let a), .text(let b)): Self.sign(a.lowercase, b.lowercased())
        case (.text(let a), .guid(let b)): Self.sign(a.lowercased(), b.lowercase)
        case (.number(let a), .number(let b)): Self.sign(a, b)
        case (.number(let a), .decimal(let b)): Self.sign(Double(a), b)
        case (.decimal(let a), .number(let b)): Self.sign(a, Double(b))
        case (.decimal(let a), .decimal(let b)): Self.sign(a, b)
        case (.bool(let a), .bool(let b)): Self.sign(a ? 1 : 0, b ? 1 : 0)
        case (.time(let a), .time(let b)): Self.sign(a, b)
        default: nil
        }
    }

    /// In small letters, where a text can be looked for in it; nil elsewhere.
    var searched: String? {
        switch self {
        case .text(let value): value.lowercased()
        case .guid(let id): id.lowercase
        default: nil
        }
    }

    /// For sorting: what is empty comes first.
    static func isBefore(_ a: ODataCell, _ b: ODataCell) -> Bool? {
        switch (a, b) {
        case (.null, .null): nil
        case (.null, _): true
        case (_, .null): false
        default: a.compared(to: b).flatMap { $0 == 0 ? nil : $0 < 0 }
        }
    }

    private static func sign<Value: Comparable>(_ a: Value, _ b: Value) -> Int { a < b ? -1 : a == b ? 0 : 1 }
}
