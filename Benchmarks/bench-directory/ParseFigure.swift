import PhoneNumbers

/// Parsing texts as they stand in customer databases: half already international, a third as dialled at home, some with extensions or nonsense.
enum ParseFigure {
    /// Texts per second on one core.
    ///
    /// - Parameter plainly: by libphonenumber's general machinery alone, without the quick way for plain digits.
    static func measure(texts count: Int, plainly: Bool = false) -> Double {
        let texts = (0..<count).map(text)
        let parser = PhoneNumberParser(region: "NL")
        _ = parser.parse(texts[0])
        var readable = 0
        let clock = ContinuousClock()
        let time = clock.measure {
            for text in texts where (plainly ? parser.parsePlainly(text) : parser.parse(text)).e164 != nil { readable += 1 }
        }
        precondition(readable > count * 9 / 10)
        return Double(count) / (time / .seconds(1))
    }

    private static func text(_ index: Int) -> String {
        let digits = String(1_000_000 + (index &* 7919) % 9_000_000)
        switch index % 100 {
        case 0..<35: return "+3120\(digits)"
        case 35..<50: return "+31 (0)20-\(digits.prefix(3)) \(digits.dropFirst(3))"
        case 50..<70: return "020 \(digits.prefix(3)) \(digits.dropFirst(3))"
        case 70..<85: return "06-1\(digits)"
        case 85..<95: return "0044 20 7\(digits)"
        case 95..<97: return "020-\(digits) ext \(index % 1000)"
        case 97..<99: return "+1 212-\(digits.prefix(3))-\(digits.dropFirst(3))"
        default: return "ask at the desk"
        }
    }
}
