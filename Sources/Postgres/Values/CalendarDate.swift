public import FoundationEssentials

/// A day of the (proleptic Gregorian) calendar without a time zone: PostgreSQL's `date`.
public struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 2000-01-01, as PostgreSQL counts them.
    let days: Int32

    /// Later than all dates; PostgreSQL's `infinity`.
    public static let distantFuture = Self(days: .max)
    /// Earlier than all dates; PostgreSQL's `-infinity`.
    public static let distantPast = Self(days: .min)

    init(days: Int32) { self.days = days }

    /// Nil when there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...31).contains(day), (-4712...5_874_897).contains(year) else { return nil }
        self.init(days: Int32(Self.daysFrom(year: year, month: month, day: day)))
        guard civil == (year, month, day) else { return nil }
    }

    /// The day in a time zone in which a moment falls, given the zone's offset from UTC.
    public init(_ date: Date, secondsFromGMT offset: Int = 0) {
        let seconds = date.timeIntervalSince1970 + Double(offset)
        self.init(days: Int32(clamping: Int((seconds / 86_400).rounded(.down)) - 10_957))
    }

    public var year: Int { civil.year }
    public var month: Int { civil.month }
    public var day: Int { civil.day }

    /// The day so many days later, earlier for negative numbers.
    public func adding(days more: Int) -> Self {
        isFinite ? Self(days: Int32(clamping: Int(days) + more)) : self
    }

    /// Whole days from `other` to `self`.
    public func days(since other: Self) -> Int { Int(days) - Int(other.days) }

    /// Midnight UTC at the day's beginning.
    public var startOfDayUTC: Date {
        isFinite ? Date(timeIntervalSince1970: (Double(days) + 10_957) * 86_400) : days > 0 ? .distantFuture : .distantPast
    }

    public var isFinite: Bool { days != .max && days != .min }

    public static func < (a: Self, b: Self) -> Bool { a.days < b.days }

    /// `2026-11-22`; `infinity` and `-infinity` as PostgreSQL writes them.
    public var description: String {
        guard isFinite else { return days > 0 ? "infinity" : "-infinity" }
        let date = civil
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var digits = DigitWriter(buffer)
            digits.write(date)
            if date.year <= 0 { digits.write(" BC") }
            return digits.count
        }
    }

    // Days and civil dates: the era arithmetic of 400-year cycles that start on 1 March.
    private static func daysFrom(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468 - 10_957
    }

    var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 10_957 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension CalendarDate: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .date }

    public func encode(into parameter: inout ParameterEncoder) throws {
        if parameter.type == .date { parameter.binary(days) } else { parameter.text(description) }
    }

    public init(from cell: Cell) throws {
        guard !cell.isNull, !cell.isText, cell.type == .date, cell.count == 4 else { throw cell.mismatch("CalendarDate") }
        self.init(days: cell.integer())
    }
}
