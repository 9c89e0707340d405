/// Dates as Dataverse writes and reads them, over whole seconds since 1970 in UTC.
enum DateText {
    /// `2026-03-02T10:11:12Z`
    static func writeDateTime(_ seconds: Int64, to bytes: inout [UInt8]) {
        let (day, second) = split(seconds)
        writeDay(day, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        two(second / 3600, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        two(second / 60 % 60, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        two(second % 60, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// `2026-03-02`
    static func writeDate(_ seconds: Int64, to bytes: inout [UInt8]) {
        writeDay(split(seconds).day, to: &bytes)
    }

    static func dateTime(_ seconds: Int64) -> String {
        var bytes: [UInt8] = []
        writeDateTime(seconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As an American user's formatted value: `3/2/2026 10:11 AM`.
    static func formatted(_ seconds: Int64, dateOnly: Bool) -> String {
        let (day, second) = split(seconds)
        let (year, month, dayOfMonth) = civil(day)
        let date = "\(month)/\(dayOfMonth)/\(year)"
        if dateOnly { return date }
        let hour = second / 3600
        let minute = second / 60 % 60
        return "\(date) \((hour + 11) % 12 + 1):\(minute < 10 ? "0" : "")\(minute) \(hour < 12 ? "AM" : "PM")"
    }

    /// Reads `2026-03-02`, `2026-03-02T10:11[:12[.345]]` with `Z`, an offset or nothing (UTC); fractions are dropped.
    /// Nil for anything else and for dates that do not exist or lie before 1753.
    static func parse(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { parse(bytes: $0) }
    }

    private static func parse(bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = digits(bytes, 0, 4), let month = digits(bytes, 5, 2), let day = digits(bytes, 8, 2),
            (1753...9999).contains(year), (1...12).contains(month), day >= 1, day <= days(in: month, year)
        else { return nil }
        let date = daysFromCivil(year, month, day) * 86400
        if bytes.count == 10 { return date }
        guard bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == 0x20, bytes.count >= 16, bytes[13] == UInt8(ascii: ":"),
            let hour = digits(bytes, 11, 2), let minute = digits(bytes, 14, 2), hour < 24, minute < 60
        else { return nil }
        var position = 16
        var second: Int64 = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ":") {
            guard let value = digits(bytes, 17, 2), value < 60 else { return nil }
            second = value
            position = 19
            if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
                position += 1
                let start = position
                while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
                guard position > start else { return nil }
            }
        }
        guard let offset = offset(bytes, from: position) else { return nil }
        return date + hour * 3600 + minute * 60 + second - offset
    }

    /// Seconds east of Greenwich.
    private static func offset(_ bytes: UnsafeBufferPointer<UInt8>, from position: Int) -> Int64? {
        if position == bytes.count { return 0 }
        if bytes[position] | 0x20 == UInt8(ascii: "z") { return position + 1 == bytes.count ? 0 : nil }
        let negative = bytes[position] == UInt8(ascii: "-")
        guard negative || bytes[position] == UInt8(ascii: "+") || bytes[position] == 0x20 else { return nil }
        let colon = bytes.count == position + 6 && bytes[position + 3] == UInt8(ascii: ":")
        guard colon || bytes.count == position + 5, let hours = digits(bytes, position + 1, 2),
            let minutes = digits(bytes, position + (colon ? 4 : 3), 2), hours <= 14, minutes < 60
        else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return negative ? -seconds : seconds
    }

    private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= bytes.count else { return nil }
        var value: Int64 = 0
        for index in start..<start + count {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            value = value * 10 + Int64(bytes[index] - 0x30)
        }
        return value
    }

    private static func split(_ seconds: Int64) -> (day: Int64, second: Int64) {
        let second = ((seconds % 86400) + 86400) % 86400
        return ((seconds - second) / 86400, second)
    }

    private static func writeDay(_ day: Int64, to bytes: inout [UInt8]) {
        let (year, month, dayOfMonth) = civil(day)
        two(year / 100, to: &bytes)
        two(year % 100, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        two(month, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        two(dayOfMonth, to: &bytes)
    }

    private static func two(_ value: Int64, to bytes: inout [UInt8]) {
        bytes.append(UInt8(value / 10 % 10) + 0x30)
        bytes.append(UInt8(value % 10) + 0x30)
    }

    private static func days(in month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a day of the proleptic Gregorian calendar, and back: years begin in March.
    private static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
