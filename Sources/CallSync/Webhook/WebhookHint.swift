import FoundationEssentials

/// What a webhook of Enreach says, as far as the hub believes it: that something happened, and to which call.
///
/// It is a hint only: what is written comes from the API.
struct WebhookHint: Sendable, Equatable {
    /// Nil: the event names no call, or the body can't be read.
    let call: UUID?
    let event: String?

    init(body: [UInt8], eventHeader: String?) {
        let names = (try? JSONDecoder().decode([String: Loose].self, from: Data(body))) ?? [:]
        func text(_ name: String) -> String? { names.first { $0.key.lowercased() == name }?.value.text }
        call = text("callid").flatMap(UUID.init(uuidString:))
        event = eventHeader ?? text("eventtype")
    }

    /// Any JSON value; only texts are of interest.
    private struct Loose: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    /// Compares two secrets in a time that tells nothing about where they differ.
    static func isSame(_ shown: String, _ secret: String) -> Bool {
        let (a, b) = (Array(shown.utf8), Array(secret.utf8))
        var difference = UInt8(a.count == b.count ? 0 : 1)
        for index in b.indices { difference |= b[index] ^ (index < a.count ? a[index] : ~b[index]) }
        return difference == 0 && !b.isEmpty
    }
}
