import Testing

/// The numbers that nobody's log or span may name.
struct KnownNumbers {
    private let forms: Set<String>

    /// - Parameter numbers: as they stand in the database, in whatever form.
    init(_ numbers: [String]) {
        forms = Set(
            numbers.flatMap { number in
                let digits = number.filter(\.isNumber)
                let national = digits.hasPrefix("358") ? String(digits.dropFirst(3)) : digits
                return [digits, national]
            }
            // Fewer could be anything.
            .filter { $0.count >= 7 })
    }

    var count: Int { forms.count }

    /// Runs of digits in a text that are one of the numbers, with its country or without. Ids are no numbers.
    func named(in text: String) -> [String] {
        let rest = text.replacing(/[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/.ignoresCase(), with: "ID")
            .replacing(/\b[0-9a-f]{16,32}\b/, with: "ID")
        return rest.matches(of: /[0-9]{7,}/).map { String($0.0) }.filter { run in
            forms.contains { run.hasSuffix($0) || run.hasPrefix($0) }
        }
    }
}

@Suite struct KnownNumbersTests {
    private let numbers = KnownNumbers(["+358501234567", "0401112223", "112"])

    @Test(arguments: [
        "to +358501234567", "%2B358501234567&x", "00358501234567", "0501234567", "501234567", "{\"n\":\"0401112223\"}",
    ])
    func `a number is found in each of its forms`(text: String) { #expect(!numbers.named(in: text).isEmpty) }

    @Test(arguments: [
        "+358…67", "call 00358501-2345-4670-8000-000501234567", "trace 4bf92f3577b34da6a3ce929501234567", "took 1234567 ms",
        "112 calls",
    ])
    func `ids, durations and masked numbers are none`(text: String) { #expect(numbers.named(in: text).isEmpty) }
}
