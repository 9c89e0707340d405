import FoundationEssentials

/// The privacy keys of a hub: the first makes new digests, all of them tell numbers again.
///
/// A key is replaced by putting a new one before it. The old one stays: digests can't be made anew, since the numbers are gone.
package struct PrivacyKeyring: Sendable {
    package let keys: [PrivacyKey]

    package static let none = PrivacyKeyring(keys: [])

    /// The key that new digests and signatures are made with. Nil: there is none.
    package var current: PrivacyKey? { keys.first }

    package func key(_ id: String) -> PrivacyKey? { keys.first { $0.id == id } }

    /// Why a text holds no keys, with the remedy. Says nothing of the text.
    package struct Unreadable: Error, CustomStringConvertible {
        package let problem: String
        package var description: String { problem }
        package static let remedy = "give 32 random bytes in Base64 for each key, as `openssl rand -base64 32` makes them"
    }

    private init(keys: [PrivacyKey]) { self.keys = keys }

    /// - Parameter text: keys in Base64, the newest first, with white space between them.
    package init(_ text: String) throws(Unreadable) {
        var keys: [PrivacyKey] = []
        for part in text.split(whereSeparator: \.isWhitespace) {
            guard let bytes = Data(base64Encoded: String(part)) else {
                throw Unreadable(problem: "key \(keys.count + 1) is not written in Base64")
            }
            guard let key = PrivacyKey(bytes) else {
                throw Unreadable(problem: "key \(keys.count + 1) has \(bytes.count) bytes, which is too short")
            }
            guard !keys.contains(where: { $0.id == key.id }) else {
                throw Unreadable(problem: "key \(keys.count + 1) stands there twice")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw Unreadable(problem: "there is no key in it") }
        self.keys = keys
    }
}
