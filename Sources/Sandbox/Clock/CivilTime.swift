import Foundation

/// Days and seconds to the calendar and back in plain arithmetic (UTC, proleptic Gregorian), and the time forms of filters.
enum CivilTime {
    static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let z = days + 719_468
        let era = floorDivide(z, 146_097)
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = floorDivide(y, 400)
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func floorDivide(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : -((-a + b - 1) / b)
    }

    static func floorModulo(_ a: Int, _ b: Int) -> Int {
        a - floorDivide(a, b) * b
    }

    /// Reads `yyyy-MM-dd HH:mm:ss` and ISO 8601 (`T`, a fraction, `Z` or an offset; without either it is UTC). nil when it is neither.
    static func parse(_ text: String) -> Date? {
        var rest = Substring(text).utf8
        guard let year = number(&rest, 4), take(&rest, "-"), let month = number(&rest, 2), take(&rest, "-"),
            let day = number(&rest, 2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = Double(days(year: year, month: month, day: day) * 86_400)
        if rest.isEmpty { return Date(timeIntervalSince1970: seconds) }
        guard take(&rest, "T") || take(&rest, " "), let hour = number(&rest, 2), take(&rest, ":"),
            let minute = number(&rest, 2), hour < 24, minute < 60
        else { return nil }
        seconds += Double(hour * 3600 + minute * 60)
        if take(&rest, ":") {
            guard let second = number(&rest, 2), second < 61 else { return nil }
            seconds += Double(second)
            if take(&rest, ".") { seconds += fraction(&rest) }
        }
        guard let offset = offset(&rest), rest.isEmpty else { return nil }
        return Date(timeIntervalSince1970: seconds - Double(offset))
    }

    private static func offset(_ rest: inout Substring.UTF8View) -> Int? {
        if rest.isEmpty || take(&rest, "Z") || take(&rest, "z") { return 0 }
        let sign = take(&rest, "+") ? 1 : take(&rest, "-") ? -1 : 0
        guard sign != 0, let hours = number(&rest, 2) else { return nil }
        _ = take(&rest, ":")
        guard let minutes = number(&rest, 2) else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func fraction(_ rest: inout Substring.UTF8View) -> Double {
        var value = 0.0
        var scale = 0.1
        while let byte = rest.first, (48...57).contains(byte) {
            value += Double(byte - 48) * scale
            scale /= 10
            rest.removeFirst()
        }
        return value
    }

    private static func number(_ rest: inout Substring.UTF8View, _ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let byte = rest.first, (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
            rest.removeFirst()
        }
        return value
    }

    private static func take(_ rest: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }
}
