import Model
import PhoneNumbers
import Testing

@Suite struct NumberReaderTests {
    static let readable: [(text: String, region: String?, e164: String)] = [
        // As it is dialled at home.
        ("020 555 0101", "NL", "+31205550101"), ("040 700 0001", "FI", "+358407000001"), ("050-123 4567", "FI", "+358501234567"),
        ("13812345678", "CN", "+8613812345678"), ("(212) 555-0101", "US", "+12125550101"),
        ("06 698 12345", "IT", "+390669812345"),
        ("02079460018", "GB", "+442079460018"), ("11 98765-4321", "BR", "+5511987654321"),
        ("8 912 345-67-89", "RU", "+79123456789"),
        ("tel:020-5550101", "NL", "+31205550101"), ("sip:0205550101@host.example", "NL", "+31205550101"),
        ("020 555 0101 ext 3", "NL", "+31205550101"),
        // With the country, however that is written.
        ("+31205550101", "NL", "+31205550101"), ("+31205550101", nil, "+31205550101"),
        ("+31 (0)20-555 01 01", "US", "+31205550101"),
        ("0031205550101", "NL", "+31205550101"), ("011 31 20 555 0101", "US", "+31205550101"),
        ("011 86 138 1234 5678", "US", "+8613812345678"), ("0011 44 20 7946 0018", "AU", "+442079460018"),
        ("0044 20 7946 0018", "US", "+442079460018"), ("31205550101", "NL", "+31205550101"),
        ("+3580501234567", "FI", "+358501234567"), ("+358 050 1234567", "NL", "+358501234567"),
        ("003580501234567", nil, "+358501234567"),
        // The vendor leaves the plus sign out at times: no number of the region begins so.
        ("358501234567", "NL", "+358501234567"), ("46701234567", "NL", "+46701234567"), ("358501234567", nil, "+358501234567"),
        // Italy's zeros belong to the numbers.
        ("+390669812345", "NL", "+390669812345"), ("+39 06 698 12345", "IT", "+390669812345"),
        // Of no country that is known, and E.164 all the same.
        ("+999123456789", "NL", "+999123456789"),
    ]

    @Test(arguments: readable) func `a tenant's numbers become E.164`(text: String, region: String?, e164: String) {
        let number = NumberReader(region: region).read(text)
        #expect(number.e164 == e164)
        #expect(number.kind == .international)
        #expect(number.raw == PhoneNumber(text).raw, "the text stays as received")
    }

    static let others: [(text: String?, region: String?, kind: PhoneNumber.Kind)] = [
        (nil, "NL", .withheld), ("anonymous", "NL", .withheld), ("+", "NL", .unreadable), ("📞", "NL", .unreadable),
        (String(repeating: "4", count: 40), "NL", .unreadable), (String(repeating: "4", count: 17), "NL", .unreadable),
        ("ask for Jane", "NL", .unreadable), ("☎ 020 555 0101", "NL", .unreadable), ("1-800-FLOWERS", "US", .unreadable),
        // Extensions and service numbers, also where numbers may be that short.
        ("112", "FI", .short), ("4711", "NL", .short), ("102020", "FI", .short),
        // Nothing is guessed: no region, the area code missing, or an extension of many digits.
        ("020 555 0101", nil, .national), ("020 555 0101", "XX", .national), ("555-0101", "US", .national),
        ("7001234", "NL", .national),
    ]

    @Test(arguments: others) func `everything else stays as it came`(text: String?, region: String?, kind: PhoneNumber.Kind) {
        let number = NumberReader(region: region).read(text)
        #expect(number == PhoneNumber(text))
        #expect(number.kind == kind && number.e164 == nil)
    }

    @Test func `E.164 is what it was before, whatever the region`() {
        for example in QuickReadingTests.examples {
            // What has less than seven digits in all counts as an extension.
            guard let before = PhoneNumber(example.e164).e164 else { continue }
            for region in [nil, "NL", "US", example.region] {
                #expect(NumberReader(region: region).read(example.e164).e164 == before)
            }
        }
    }

    @Test func `the directory reads alike what both read`() {
        for (text, region, e164) in Self.readable where region != nil {
            guard let directory = PhoneNumberParser(region: region).parse(text).e164 else { continue }
            // Whether digits that begin like a country code carry it, the directory need not tell: people type a plus sign.
            if text.allSatisfy(\.isNumber), directory != e164 { continue }
            #expect(directory == e164, "\(text) in \(region ?? "")")
        }
    }

    @Test func `people's ways of writing a number are all the same number`() {
        let finnish = NumberReader(region: "FI")
        let written = finnish.writings(of: finnish.read("+358501234567"))
        #expect(
            written == [
                "+358501234567", "+358 50 1234567", "+358 50 123 4567", "050 1234567", "050 123 4567", "0501234567",
            ])
        #expect(finnish.writings(of: finnish.read("+46701234567")) == ["+46701234567", "+46 70 123 45 67"])
        #expect(finnish.writings(of: finnish.read("anonymous")).isEmpty)
        for example in QuickReadingTests.examples where PhoneNumber(example.e164).e164 != nil {
            let reader = NumberReader(region: example.region)
            let written = reader.writings(of: reader.read(example.e164))
            #expect(written.first == example.e164 && written.count <= 6)
            for text in written {
                #expect(reader.read(text).e164 ?? example.e164 == example.e164, "\(text) in \(example.region)")
            }
        }
    }

    @Test func `digits dialled at home tell what a number was kept under without its region`() {
        let dutch = NumberReader(region: "NL")
        #expect(dutch.dialledAtHome(dutch.read("+31205550101")) == ["0205550101"])
        #expect(Set(dutch.dialledAtHome(dutch.read("20 555 0101"))) == ["0205550101", "205550101"])
        #expect(dutch.dialledAtHome(dutch.read("+358501234567")).isEmpty)
        #expect(dutch.current("0205550101") == "+31205550101" && dutch.current("7001234") == "7001234")
    }
}
