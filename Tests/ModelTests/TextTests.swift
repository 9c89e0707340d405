import FoundationEssentials
import Testing

@testable import Model

@Suite struct TextTests {
    @Test func aTextIsCutBetweenCharacters() {
        let family = "👨‍👩‍👧‍👦"
        #expect(family.utf16.count == 11)
        #expect((family + family).cut(toUTF16: 15) == family + "…")
        #expect((family + family).cut(toUTF16: 11) == "…")
        #expect("abc".cut(toUTF16: 3) == "abc")
        #expect("abcd".cut(toUTF16: 3) == "ab…")
        #expect(String(repeating: "ä", count: 300).cut(toUTF16: 200).utf16.count == 200)
    }

    @Test(
        "Times are written and read in whole seconds",
        arguments: [
            (0.0, "1970-01-01T00:00:00Z"), (1_772_446_272.9, "2026-03-02T10:11:12Z"), (-1.0, "1969-12-31T23:59:59Z"),
            (951_782_400.0, "2000-02-29T00:00:00Z"), (4_102_444_799.0, "2099-12-31T23:59:59Z"),
        ])
    func times(seconds: Double, text: String) {
        #expect(DataverseTime.text(Date(timeIntervalSince1970: seconds)) == text)
        #expect(DataverseTime.date(text) == Date(timeIntervalSince1970: seconds.rounded(.down)))
    }

    @Test(
        "What is no time is none",
        arguments: ["", "2026-03-02", "2026-13-02T10:11:12Z", "2026-03-02T10:11:12", "yesterday at noon…Z"])
    func noTimes(text: String) {
        #expect(DataverseTime.date(text) == nil)
    }

    @Test func aNameBasedUUIDIsTheOneOfTheStandard() {
        // RFC 9562, appendix A.4.
        let dns = UUID(uuidString: "6ba7b810-9dad-11d1-80b4-00c04fd430c8")!
        #expect(UUID.version5(namespace: dns, name: "www.example.com".utf8).lowercase == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
    }

    @Test(
        "Bytes for addresses are written with the letters of the standard and without padding",
        arguments: [
            ([], ""), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v"), ([0xFB, 0xEF, 0xBE, 0xFF], "----_w"),
        ] as [([UInt8], String)])
    func base64URL(bytes: [UInt8], text: String) {
        #expect(bytes.base64URL == text)
    }

    @Test func thePhoneCallOfACallIsAlwaysTheSame() {
        let call = UUID(uuidString: "4b415288-8604-4b6c-b604-e4eaeb90c938")!
        let id = PhoneCallID.activity(tenant: "demo", call: call)
        // Never change this: records in Dynamics are found by it.
        #expect(id.lowercase == PhoneCallID.activity(tenant: "demo", call: call).lowercase)
        #expect(id != PhoneCallID.activity(tenant: "other", call: call))
        #expect(id.uuidString.dropFirst(14).first == "5")
    }

    @Test(
        "Errors that differ only in their case are the same",
        arguments: [
            (
                "Entity 'Contact' With Id = 6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10 Does Not Exist",
                "Entity 'Contact' With Id = … Does Not Exist"
            ),
            (
                "Number of requests exceeded the limit of 6000 over time window of 300 seconds.",
                "Number of requests exceeded the limit of … over time window of … seconds."
            ),
            ("0x80040217: gone", "0x80040217: gone"), ("call +358501231234   failed", "call … failed"), ("", ""),
        ])
    func errors(message: String, normalised: String) {
        #expect(NormalisedError.text(message) == normalised)
    }

    @Test func jsonIsAlwaysValid() throws {
        var json = JSONText()
        json.object { json in
            json.member("text", "quote \" backslash \\ line\nnull \u{0} emoji 📞")
            json.member("number", -5)
            json.member("list", ["a", "b"])
            json.member("nested") { $0.member("flag", true) }
        }
        struct Read: Decodable {
            struct Nested: Decodable { var flag: Bool }
            var text: String
            var number: Int
            var list: [String]
            var nested: Nested
        }
        let read = try JSONDecoder().decode(Read.self, from: Data(json.bytes))
        #expect(read.text == "quote \" backslash \\ line\nnull ? emoji 📞")
        #expect(read.number == -5)
        #expect(read.list == ["a", "b"])
        #expect(read.nested.flag)
    }
}
