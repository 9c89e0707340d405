public import Foundation

/// Times as the Web API writes them: `2026-03-02T10:11:12Z`, whole seconds.
public enum ODataDate {
    public static func text(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let (days, inDay) = seconds.quotientAndRemainder(dividingBy: 86400)
        let (day, second) = inDay < 0 ? (days - 1, inDay + 86400) : (days, inDay)
        let (y, m, d) = civil(day)
        return "\(padded(y, 4))-\(padded(m, 2))-\(padded(d, 2))T"
            + "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }

    /// Reads a time with `Z` or an offset, with or without fractions; a bare date means midnight UTC. nil when it is none.
    public static func date(_ text: String) -> Date? {
        var numbers: [Int] = []
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        for range in [0..<4, 5..<7, 8..<10] {
            guard let value = number(range) else { return nil }
            numbers.append(value)
        }
        guard (1...12).contains(numbers[1]), (1...31).contains(numbers[2]) else { return nil }
        var seconds = Double(days(numbers[0], numbers[1], numbers[2]) * 86400)
        guard bytes.count > 10 else { return Date(timeIntervalSince1970: seconds) }
        guard let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19), hour < 25, minute < 60,
            second < 61
        else { return nil }
        seconds += Double(hour * 3600 + minute * 60 + second)
        var index = 19
        if index < bytes.count, bytes[index] == 0x2E {
            index += 1
            var unit = 0.1
            while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                seconds += Double(bytes[index] - 0x30) * unit
                unit /= 10
                index += 1
            }
        }
        guard index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D else {
            return Date(timeIntervalSince1970: seconds)
        }
        guard let hours = number(index + 1..<index + 3), let minutes = number(index + 4..<index + 6) else { return nil }
        let offset = Double(hours * 3600 + minutes * 60)
        return Date(timeIntervalSince1970: seconds + (bytes[index] == 0x2B ? -offset : offset))
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    // Days since 1970 and back, in the proleptic Gregorian calendar: eras of 400 years that begin on 1 March.
    private static func civil(_ days: Int) -> (Int, Int, Int) {
        let z = days + 719468
        let era = (z >= 0 ? z : z - 146096) / 146097
        let doe = z - era * 146097
        let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
        let mp = (5 * doy + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1)
    }

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yoe = y - era * 400
        let doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468
    }
}
