import Foundation
import Testing

@testable import Privacy

@Suite struct PrivacyKeyTests {
    private static func text(_ byte: UInt8, count: Int = 32) -> String {
        Data(repeating: byte, count: count).base64EncodedString()
    }

    @Test func `one secret makes the same digests and signatures each time, another makes others`() throws {
        let keys = try PrivacyKeyring("\(Self.text(1))\n\(Self.text(2))\n").keys
        let again = try #require(try PrivacyKeyring(Self.text(1)).current)
        #expect(keys[0].id == again.id && keys[0].id != keys[1].id && keys[0].id.count == 16)
        let digest = keys[0].digest(of: "+358501234567", tenant: "demo")
        #expect(digest.count == 32)
        #expect(digest == again.digest(of: "+358501234567", tenant: "demo"))
        #expect(digest != keys[0].digest(of: "+358501234567", tenant: "other"))
        #expect(digest != keys[1].digest(of: "+358501234567", tenant: "demo"))
        let signature = try keys[0].signature(of: [1, 2, 3])
        #expect(PrivacyKey.isValid(signature, of: [1, 2, 3], publicKey: again.publicKey))
        #expect(!PrivacyKey.isValid(signature, of: [1, 2, 4], publicKey: again.publicKey))
        #expect(!PrivacyKey.isValid(signature, of: [1, 2, 3], publicKey: keys[1].publicKey))
    }

    @Test(arguments: ["", "  \n", "%secret% words", text(1, count: 31), "\(text(1)) \(text(1))"])
    func `what is no key is refused, without its text in the message`(text: String) {
        let error = #expect(throws: PrivacyKeyring.Unreadable.self) { _ = try PrivacyKeyring(text) }
        for word in text.split(whereSeparator: \.isWhitespace) { #expect(error?.description.contains(word) != true) }
    }
}
