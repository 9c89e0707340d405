package import FoundationEssentials

/// What is given to whoever asked for an erasure: proof of what was done, without the number.
package struct ErasureReceipt: Sendable, Hashable, Codable {
    package var format = Self.format
    package var id: String
    package var tenant: String
    /// Times are ISO 8601 in UTC.
    package var requestedAt: String
    package var finishedAt: String
    package var requestedBy: String
    package var why: String
    /// HMAC-SHA256 of tenant and number, hexadecimal: who has key and number can tell that it is this one.
    package var numberDigest: String
    package var keyID: String
    /// `erased` or `kept`: what was to become of phone calls in Dynamics.
    package var dynamicsRule: String
    /// Phone calls in Dynamics by what became of them.
    package var dynamics: [String: Int]
    /// Rows masked or removed, by table of the hub.
    package var rows: [String: Int]
    /// Ed25519, Base64, over the receipt without it.
    package var signature: String?

    package static let format = "trunkline-erasure-receipt/1"

    enum CodingKeys: String, CodingKey {
        case format, id, tenant, why, dynamics, rows, signature
        case requestedAt = "requested_at"
        case finishedAt = "finished_at"
        case requestedBy = "requested_by"
        case numberDigest = "number_digest"
        case keyID = "key_id"
        case dynamicsRule = "dynamics_rule"
    }

    package init(
        id: UUID, tenant: String, requestedAt: Date, finishedAt: Date, requestedBy: String, why: String, numberDigest: [UInt8],
        keyID: String, dynamicsRule: String, dynamics: [String: Int], rows: [String: Int]
    ) {
        self.id = id.uuidString.lowercased()
        self.tenant = tenant
        self.requestedAt = Self.text(requestedAt)
        self.finishedAt = Self.text(finishedAt)
        self.requestedBy = requestedBy
        self.why = why
        self.numberDigest = numberDigest.hexadecimal
        self.keyID = keyID
        self.dynamicsRule = dynamicsRule
        self.dynamics = dynamics
        self.rows = rows
    }

    private static func text(_ date: Date) -> String {
        date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// The receipt with its signature.
    package func signed(by key: PrivacyKey) throws -> ErasureReceipt {
        var signed = self
        signed.signature = Data(try key.signature(of: unsigned())).base64EncodedString()
        return signed
    }

    /// What is signed.
    private func unsigned() throws -> [UInt8] {
        var receipt = self
        receipt.signature = nil
        return try JSONDecoder().decode(CanonicalJSON.self, from: try JSONEncoder().encode(receipt)).bytes()
    }

    /// As it is printed and kept, on one line.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension ErasureReceipt {
    /// Why a receipt is not believed.
    package enum Refusal: Error, Sendable, Hashable, CustomStringConvertible {
        case unreadable
        case unsigned
        case wrongSignature

        package var description: String {
            switch self {
            case .unreadable: "it is no receipt of an erasure"
            case .unsigned: "it has no signature"
            case .wrongSignature: "the signature does not fit: the receipt was changed, or another hub signed it"
            }
        }
    }

    /// Reads a receipt and verifies its signature; every member counts, known or not.
    ///
    /// - Parameter publicKey: of the key that the receipt names.
    package static func verified(_ text: [UInt8], publicKey: (_ keyID: String) throws -> [UInt8]) throws -> ErasureReceipt {
        guard case .object(var members)? = try? JSONDecoder().decode(CanonicalJSON.self, from: Data(text)),
            let receipt = try? JSONDecoder().decode(ErasureReceipt.self, from: Data(text)), receipt.format == Self.format
        else { throw Refusal.unreadable }
        members["signature"] = nil
        guard let signature = receipt.signature.flatMap({ Data(base64Encoded: $0) }) else { throw Refusal.unsigned }
        let key = try publicKey(receipt.keyID)
        guard PrivacyKey.isValid(Array(signature), of: try CanonicalJSON.object(members).bytes(), publicKey: key) else {
            throw Refusal.wrongSignature
        }
        return receipt
    }
}
