public import FoundationEssentials

/// Points in time as Dataverse reads and writes them: UTC, whole seconds, `2026-03-02T10:11:12Z`.
public enum DataverseTime {
    /// Fractions are cut off, as the service does.
    public static func text(_ date: Date) -> String {
        let parts = CivilTime(secondsSince1970: Int(date.timeIntervalSince1970.rounded(.down)))
        return String(unsafeUninitializedCapacity: 20) { buffer in
            var at = 0
            func put(_ value: Int, width: Int, then separator: Character) {
                var divisor = width == 4 ? 1000 : 10
                for _ in 0..<width {
                    buffer[at] = UInt8(ascii: "0") + UInt8(value / divisor % 10)
                    divisor = max(divisor / 10, 1)
                    at += 1
                }
                buffer[at] = separator.asciiValue!
                at += 1
            }
            put(min(max(parts.year, 1), 9999), width: 4, then: "-")
            put(parts.month, width: 2, then: "-")
            put(parts.day, width: 2, then: "T")
            put(parts.hour, width: 2, then: ":")
            put(parts.minute, width: 2, then: ":")
            put(parts.second, width: 2, then: "Z")
            return at
        }
    }

    /// Reads the form above, with or without a fraction. Nil for anything else.
    public static func date(_ text: some StringProtocol) -> Date? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for index in range {
                guard bytes[index] >= UInt8(ascii: "0"), bytes[index] <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int(bytes[index] - UInt8(ascii: "0"))
            }
            return value
        }
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = CivilTime.days(year: year, month: month, day: day)
        return Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3600 + minute * 60 + second))
    }
}
