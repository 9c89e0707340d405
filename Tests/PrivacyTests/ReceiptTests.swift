import Foundation
import Testing

@testable import Privacy

@Suite struct ReceiptTests {
    private static let key = PrivacyKey(Data(repeating: 5, count: 32))!

    private static func receipt() throws -> ErasureReceipt {
        try ErasureReceipt(
            id: UUID(uuidString: "11111111-1111-4111-8111-111111111111")!, tenant: "demo",
            requestedAt: Date(timeIntervalSince1970: 1e9),
            finishedAt: Date(timeIntervalSince1970: 1e9 + 60), requestedBy: "jane", why: "request of 3 March, \"by letter\"",
            numberDigest: [UInt8](repeating: 7, count: 32), keyID: key.id, dynamicsRule: "erased", dynamics: ["deleted": 2],
            rows: ["call": 3, "timeline": 4]
        ).signed(by: key)
    }

    private func verify(_ text: String, key: PrivacyKey = key) throws -> ErasureReceipt {
        try ErasureReceipt.verified(Array(text.utf8)) { _ in key.publicKey }
    }

    @Test func `a receipt is verified, however it is laid out`() throws {
        let receipt = try Self.receipt()
        #expect(try verify(try receipt.json()) == receipt)
        let pretty = JSONEncoder()
        pretty.outputFormatting = [.prettyPrinted]
        #expect(try verify(String(decoding: try pretty.encode(receipt), as: UTF8.self)) == receipt)
    }

    @Test(arguments: [
        ("\"call\":3", "\"call\":2"), ("\"tenant\":\"demo\"", "\"tenant\":\"acme\""),
        ("\"deleted\":2", "\"deleted\":2,\"masked\":1"),
        ("\"why\":\"request", "\"why\":\"Request"), ("\"format\"", "\"more\":\"x\",\"format\""),
    ])
    func `a receipt that was changed is refused`(change: (from: String, to: String)) throws {
        let text = try Self.receipt().json()
        let changed = text.replacing(change.from, with: change.to)
        #expect(changed != text)
        #expect(throws: ErasureReceipt.Refusal.wrongSignature) { try verify(changed) }
    }

    @Test func `another hub's key, no signature, or no receipt at all are refused`() throws {
        let text = try Self.receipt().json()
        let other = try #require(PrivacyKey(Data(repeating: 6, count: 32)))
        #expect(throws: ErasureReceipt.Refusal.wrongSignature) { try verify(text, key: other) }
        var unsigned = try Self.receipt()
        unsigned.signature = nil
        #expect(throws: ErasureReceipt.Refusal.unsigned) { try verify(try unsigned.json()) }
        for nonsense in ["", "{}", "[1]", "{\"format\":\"else\"}"] {
            #expect(throws: ErasureReceipt.Refusal.unreadable) { try verify(nonsense) }
        }
    }
}
