import PhoneNumbers
import Testing

@Suite struct PhoneNumberParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let region: String?
        let e164: String
        var `extension`: String?
        var source = ParsedNumber.Source.countryCode
        var testDescription: String { "\(text) in \(region ?? "no region")" }

        init(
            _ text: String, _ region: String?, _ e164: String, extension: String? = nil,
            source: ParsedNumber.Source = .countryCode
        ) {
            (self.text, self.region, self.e164, self.extension, self.source) = (text, region, e164, `extension`, source)
        }
    }

    static let readable = [
        Case("+31205550101", nil, "+31205550101"), Case("+31 (0)20-555 01 01 ext 3", "NL", "+31205550101", extension: "3"),
        Case("020 555 01 01", "NL", "+31205550101", source: .region), Case("0031 20 5550101", "NL", "+31205550101"),
        Case("31205550101", "NL", "+31205550101"), Case("040 123 4567", "FI", "+358401234567", source: .region),
        Case("06 698 12345", "IT", "+390669812345", source: .region), Case("+39 06 698 12345", "NL", "+390669812345"),
        Case("(212) 555-0101", "US", "+12125550101", source: .region), Case("011 44 20 7946 0018", "US", "+442079460018"),
        Case("tel:+31-20-555-0101", "NL", "+31205550101"), Case("1-800-FLOWERS", "US", "+18003569377"),
        Case("٠٤٠١٢٣٤٥٦٧", "FI", "+358401234567", source: .region), Case("+800 1234 5678", nil, "+80012345678"),
    ]

    @Test(arguments: readable) func `reads what people type`(example: Case) {
        let number = PhoneNumberParser(region: example.region).parse(example.text)
        #expect(number.e164 == example.e164)
        #expect(number.extension == example.extension)
        #expect(number.source == example.source)
        #expect(number.reason == nil)
    }

    static let unreadable: [(String, String?, ParsedNumber.Reason)] = [
        ("", "NL", .notANumber), ("anonymous", "NL", .notANumber), ("+", "NL", .notANumber),
        ("ask for Jane", "NL", .notANumber), ("020 555 01 01", nil, .noCountry), ("+999 123 4567", "NL", .noCountry),
        ("020 555 01 01", "XX", .noCountry), ("+31 20", "NL", .tooShort), ("+31 20 555 0101 0101 0101", "NL", .tooLong),
        ("555-0101", "US", .localOnly), (String(repeating: "5", count: 5000), "NL", .notANumber),
        ("+31\u{0}205550101", "NL", .notANumber), ("📞", "NL", .notANumber),
    ]

    @Test(arguments: unreadable) func `says why a text is no number`(text: String, region: String?, reason: ParsedNumber.Reason) {
        let number = PhoneNumberParser(region: region).parse(text)
        #expect(number.e164 == nil)
        #expect(number.reason == reason)
    }

    @Test func `tells kinds of numbers`() {
        let parser = PhoneNumberParser(region: "NL")
        #expect(parser.parse("06 12345678").kind == .mobile)
        #expect(parser.parse("020 5550101").kind == .fixedLine)
        #expect(parser.parse("0800 1234").kind == .tollFree)
        #expect(parser.parse("+1 212 555 0101").kind == .fixedLineOrMobile)
        #expect(parser.parse("+31 19 1234567").kind == .unknown)
    }

    @Test func `is used by many tasks at once`() async {
        let texts = (0..<2_000).map { "+31 20 \($0 % 2 == 0 ? "555 0101" : "5550102 ext 7")" }
        await withTaskGroup(of: Set<String>.self) { group in
            for region in ["NL", "US", "FI", "AR"] {
                group.addTask {
                    let parser = PhoneNumberParser(region: region)
                    return Set(texts.compactMap { parser.parse($0).e164 })
                }
            }
            for await numbers in group { #expect(numbers == ["+31205550101", "+31205550102"]) }
        }
    }
}
