import Foundation
package import Postgres

extension OutputValue {
    /// A value of a report as it is printed. Numbers without end are words, because JSON has none for them.
    ///
    /// - Throws: `PostgresError` (`decoding`) for a type that no report should have.
    package init(_ cell: Cell) throws {
        guard !cell.isNull else {
            self = .none
            return
        }
        switch cell.type {
        case .bool: self = .flag(try cell.decode())
        case .int2, .int4, .int8: self = .integer(try cell.decode(Int64.self))
        case .float4, .float8, .numeric: self = Self.finite(try cell.decode())
        case .timestamptz: self = Self.calendar(try cell.decode())
        case .date: self = .text(try cell.decode(CalendarDate.self).description)
        case .uuid: self = .text(try cell.decode(UUID.self).uuidString.lowercased())
        case .json, .jsonb: self = .json(try cell.decode(JSONB.self).text)
        case .text, .varchar, .bpchar, .name: self = .text(try cell.decode(String.self))
        default: throw cell.mismatch("a value of a report")
        }
    }

    private static func finite(_ number: Double) -> OutputValue {
        if number.isFinite { return .number(number) }
        return .text(number.isNaN ? "NaN" : number > 0 ? "infinity" : "-infinity")
    }

    private static func calendar(_ date: Date) -> OutputValue {
        if date >= .distantFuture { return .text("infinity") }
        return date <= .distantPast ? .text("-infinity") : .time(date as Date)
    }
}
