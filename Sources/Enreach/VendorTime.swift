import FoundationEssentials

/// Times as Enreach writes and reads them.
enum VendorTime {
    enum Reading: Equatable {
        case time(Date)
        /// Written as year 9999 (or year 1): no time at all, as in "no end yet".
        case open
    }

    /// ISO 8601 (zeros of the fraction may be dropped, `T` may be a space, without zone means UTC) or `/Date(ms)/`. Nil when
    /// it is neither.
    static func parse(_ text: String) -> Reading? {
        var bytes = Array(text.utf8)[...]
        trim(&bytes)
        if bytes.starts(with: "/Date(".utf8) { return parseMilliseconds(bytes.dropFirst(6)) }
        return parseISO(bytes)
    }

    /// `yyyy-MM-dd HH:mm:ss` in UTC, the form of the call filters. Fractions are cut off.
    static func filter(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let (days, rest) = (floorDivide(seconds, 86400), modulo(seconds, 86400))
        let (year, month, day) = civil(fromDays: days)
        return
            "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2)) \(pad(rest / 3600, 2)):\(pad(rest / 60 % 60, 2)):\(pad(rest % 60, 2))"
    }

    /// The seconds of `[-][d.]hh:mm:ss[.fraction]`, nil for anything else.
    static func seconds(clock text: String) -> Int? {
        var bytes = Array(text.utf8)[...]
        let negative = take(UInt8(ascii: "-"), &bytes)
        guard var hours = number(&bytes, digits: 1...4) else { return nil }
        if take(UInt8(ascii: "."), &bytes) {
            guard let more = number(&bytes, digits: 1...2) else { return nil }
            hours = hours * 24 + more
        }
        guard take(UInt8(ascii: ":"), &bytes), let minutes = number(&bytes, digits: 1...2), take(UInt8(ascii: ":"), &bytes),
            let seconds = number(&bytes, digits: 1...2)
        else { return nil }
        _ = fraction(&bytes)
        guard bytes.isEmpty else { return nil }
        let total = hours * 3600 + minutes * 60 + seconds
        return negative ? -total : total
    }

    private static func parseMilliseconds(_ rest: ArraySlice<UInt8>) -> Reading? {
        var bytes = rest
        let negative = take(UInt8(ascii: "-"), &bytes)
        guard let milliseconds = number(&bytes, digits: 1...16) else { return nil }
        // A zone that follows only says where it was written: the number is UTC.
        if take(UInt8(ascii: "+"), &bytes) || take(UInt8(ascii: "-"), &bytes) {
            guard number(&bytes, digits: 4...4) != nil else { return nil }
        }
        guard take(UInt8(ascii: ")"), &bytes), take(UInt8(ascii: "/"), &bytes), bytes.isEmpty else { return nil }
        let seconds = Double(negative ? -milliseconds : milliseconds) / 1000
        let year = civil(fromDays: floorDivide(Int(seconds.rounded(.down)), 86400)).year
        return reading(year: year, Date(timeIntervalSince1970: seconds))
    }

    private static func parseISO(_ text: ArraySlice<UInt8>) -> Reading? {
        var bytes = text
        guard let year = number(&bytes, digits: 4...4), take(UInt8(ascii: "-"), &bytes),
            let month = number(&bytes, digits: 1...2), take(UInt8(ascii: "-"), &bytes),
            let day = number(&bytes, digits: 1...2), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = days(year, month, day) * 86400
        var part = 0.0
        if take(UInt8(ascii: "T"), &bytes) || take(UInt8(ascii: "t"), &bytes) || take(UInt8(ascii: " "), &bytes) {
            guard let hour = number(&bytes, digits: 1...2), take(UInt8(ascii: ":"), &bytes),
                let minute = number(&bytes, digits: 2...2), hour <= 24, minute <= 59
            else { return nil }
            var second = 0
            if take(UInt8(ascii: ":"), &bytes) {
                guard let value = number(&bytes, digits: 2...2), value <= 60 else { return nil }
                second = value
            }
            part = fraction(&bytes)
            seconds += hour * 3600 + minute * 60 + second
        }
        guard let offset = zone(&bytes), bytes.isEmpty else { return nil }
        return reading(year: year, Date(timeIntervalSince1970: Double(seconds - offset) + part))
    }

    private static func reading(year: Int, _ date: Date) -> Reading {
        year <= 1 || year >= 9999 ? .open : .time(date)
    }

    /// Seconds east of UTC; nothing and `Z` mean 0.
    private static func zone(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        if bytes.isEmpty || take(UInt8(ascii: "Z"), &bytes) || take(UInt8(ascii: "z"), &bytes) { return 0 }
        let west = bytes.first == UInt8(ascii: "-")
        guard take(UInt8(ascii: "+"), &bytes) || take(UInt8(ascii: "-"), &bytes), let hours = number(&bytes, digits: 2...2)
        else { return nil }
        _ = take(UInt8(ascii: ":"), &bytes)
        let offset = hours * 3600 + (number(&bytes, digits: 2...2) ?? 0) * 60
        return west ? -offset : offset
    }

    private static func fraction(_ bytes: inout ArraySlice<UInt8>) -> Double {
        guard take(UInt8(ascii: "."), &bytes) || take(UInt8(ascii: ","), &bytes) else { return 0 }
        var value = 0.0
        var scale = 0.1
        while let byte = bytes.first, (0x30...0x39).contains(byte) {
            value += Double(byte - 0x30) * scale
            scale /= 10
            bytes.removeFirst()
        }
        return (value * 1_000_000).rounded() / 1_000_000
    }

    private static func trim(_ bytes: inout ArraySlice<UInt8>) {
        while bytes.first == 0x20 { bytes.removeFirst() }
        while bytes.last == 0x20 { bytes.removeLast() }
    }

    private static func take(_ byte: UInt8, _ bytes: inout ArraySlice<UInt8>) -> Bool {
        guard bytes.first == byte else { return false }
        bytes.removeFirst()
        return true
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int? {
        var value = 0
        var count = 0
        while count < digits.upperBound, let byte = bytes.first, (0x30...0x39).contains(byte) {
            value = value * 10 + Int(byte - 0x30)
            count += 1
            bytes.removeFirst()
        }
        return digits.contains(count) ? value : nil
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    // The Gregorian calendar by arithmetic: days since 1970-01-01, years counted from March so that leap days come last.

    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = floorDivide(marchYear, 400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * dayOfYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
    }

    private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }
    private static func modulo(_ a: Int, _ b: Int) -> Int { a - floorDivide(a, b) * b }
}
