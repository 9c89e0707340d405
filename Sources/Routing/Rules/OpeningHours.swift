/// When something is open: spans of minutes for each day of the week, and other ones for holidays.
struct OpeningHours: Sendable, Hashable {
    /// Minutes of a day; the end is beyond 1440 where the span goes on past midnight.
    struct Span: Sendable, Hashable {
        var from: Int
        var to: Int

        func overlaps(_ other: Span) -> Bool { from < other.to && other.from < to }
        func moved(by minutes: Int) -> Span { Span(from: from + minutes, to: to + minutes) }
    }

    var zone: ZoneOffsets
    /// Monday first.
    var week: [[Span]]
    /// By day since 1970.
    var holidays: [Int: [Span]]
    /// Every year, by month * 100 + day.
    var yearly: [Int: [Span]]

    static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// - Parameter time: milliseconds since 1970.
    func isOpen(at time: Int64) -> Bool {
        let seconds = Self.floor(time, 1000)
        let local = seconds + zone.offset(at: seconds)
        let day = Int(Self.floor(local, 86_400))
        let minute = Int((local - Int64(day) * 86_400) / 60)
        return spans(on: day).contains { $0.from <= minute && minute < $0.to }
            || spans(on: day - 1).contains { $0.from <= minute + 1440 && minute + 1440 < $0.to }
    }

    private func spans(on day: Int) -> [Span] {
        if let spans = holidays[day] { return spans }
        if !yearly.isEmpty {
            let date = CivilDay(day)
            if let spans = yearly[date.month * 100 + date.day] { return spans }
        }
        // The first day of 1970 was a Thursday.
        return week[((day + 3) % 7 + 7) % 7]
    }

    private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
        value >= 0 ? value / unit : -((-value + unit - 1) / unit)
    }
}

/// A day of the Gregorian calendar and its number since 1970-01-01 (algorithm: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
struct CivilDay: Sendable, Hashable {
    var year: Int
    var month: Int
    var day: Int

    /// Nil for a day that does not exist.
    init?(year: Int, month: Int, day: Int) {
        (self.year, self.month, self.day) = (year, month, day)
        guard (1...12).contains(month), (1...31).contains(day), CivilDay(number) == self else { return nil }
    }

    init(_ number: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var number: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
