package import FoundationEssentials
import Model

/// What a webhook of Enreach says, as far as the hub believes it: that something happened, and to what.
///
/// It is a hint only: what is written comes from the API.
package struct WebhookEvent: Sendable, Equatable {
    /// Of the notification; made from its text where it has none.
    package let id: UUID
    /// Kind of event, as the vendor calls it; `unknown` when it does not say.
    package let type: String
    /// What the subscription was for: a callback list, a queue, a user.
    package let entity: UUID?
    package let call: UUID?
    package let callback: UUID?
    package let callbackList: UUID?
    package let at: Date?
    /// What kind of thing the entity is, in small letters and as the vendor calls it; nil when the event does not say.
    private let entityType: String?

    /// The callback list that the event is of, as far as it says so: the entity counts for one unless it is told to be something else, a
    /// user or a queue. Nil: only the callback request itself, if it is named, can be looked at.
    package var list: UUID? {
        callbackList ?? (entityType.map { $0.contains("list") } ?? true ? entity : nil)
    }

    /// What the hub keeps as the entity of the event, and looks at together.
    package var kept: UUID? { isCallback ? list : callbackList ?? entity }

    /// What it is about, in one of a few words: what the sender calls it may be any text.
    package enum Subject: String, Sendable {
        case call, callback, other
    }

    package var subject: Subject { isCallback ? .callback : call == nil ? .other : .call }

    /// It is about a callback request.
    package var isCallback: Bool { type.lowercased().contains("callback") || callback != nil }

    package init(body: [UInt8], eventHeader: String?, tenant: String) {
        let names = (try? JSONDecoder().decode([String: Loose].self, from: Data(body))) ?? [:]
        func text(_ name: String) -> String? { names.first { $0.key.lowercased() == name }?.value.text }
        func guid(_ all: String...) -> UUID? { all.lazy.compactMap { text($0) }.compactMap(UUID.init(uuidString:)).first }
        id = guid("id") ?? PhoneCallID.event(tenant: tenant, text: body)
        type = (eventHeader ?? text("eventtype") ?? "unknown").tidied(toUTF16: 100)
        entity = guid("entityid")
        entityType = text("entitytype")?.lowercased()
        call = guid("callid")
        callback = guid("callbacklistitemid", "calllistitemid", "callbackid", "callbackrequestid")
        callbackList = guid("callbacklistid", "calllistid", "listid")
        at = text("timestamp").flatMap(Self.time)
    }

    private static func time(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    /// Any JSON value; only texts are of interest.
    private struct Loose: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    /// Compares two secrets in a time that tells nothing about where they differ.
    package static func isSame(_ shown: String, _ secret: String) -> Bool {
        let (a, b) = (Array(shown.utf8), Array(secret.utf8))
        var difference = UInt8(a.count == b.count ? 0 : 1)
        for index in b.indices { difference |= b[index] ^ (index < a.count ? a[index] : ~b[index]) }
        return difference == 0 && !b.isEmpty
    }
}
