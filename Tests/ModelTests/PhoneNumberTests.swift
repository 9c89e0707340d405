import Testing

@testable import Model

@Suite struct PhoneNumberTests {
    @Test(
        "Numbers that can be read become E.164",
        arguments: [
            ("+358501231234", "+358501231234"), ("+31 (0)20-555 01 01", "+31205550101"), ("0031205550101", "+31205550101"),
            ("tel:+4612312345", "+4612312345"), ("sip:+4612312345@voice.example;user=phone", "+4612312345"),
            ("+1 (415) 555-0100 ext 3", "+14155550100"), ("358501231234", "+358501231234"),
            ("+31\u{A0}20\u{2009}5550101", "+31205550101"),
            ("+33/1.44.55.66.77", "+33144556677"),
        ])
    func readable(text: String, e164: String) {
        let number = PhoneNumber(text)
        #expect(number.e164 == e164)
        #expect(number.kind == .international)
        #expect(number.display == e164)
    }

    @Test(
        "What can't be read keeps its text and has no E.164",
        arguments: [
            ("+", PhoneNumber.Kind.unreadable), ("++358501231234", .unreadable), (String(repeating: "4", count: 40), .unreadable),
            ("+" + String(repeating: "4", count: 40), .unreadable), ("📞📞", .unreadable), ("☎ +358501231234", .unreadable),
            ("call me", .unreadable), ("+0123456789", .unreadable), ("0501231234", .national), ("1234", .short),
            ("+12", .unreadable),
            ("'; DROP TABLE hub.call; --", .unreadable), ("١٢٣٤٥٦٧٨٩", .unreadable),
        ])
    func unreadable(text: String, kind: PhoneNumber.Kind) {
        let number = PhoneNumber(text)
        #expect(number.e164 == nil)
        #expect(number.kind == kind)
        #expect(!number.raw.isEmpty)
        #expect(number.raw.utf16.count <= PhoneNumber.longestRaw)
    }

    @Test("A withheld number has no text", arguments: [nil, "", "  ", "anonymous", "Anonymous", "RESTRICTED", "unknown", "-"])
    func withheld(text: String?) {
        #expect(PhoneNumber(text) == .withheld)
        #expect(PhoneNumber(text).display == "withheld number")
    }

    @Test func controlCharactersNeverGetThrough() {
        #expect(PhoneNumber("12\u{0}34\n").raw == "12 34")
    }
}
