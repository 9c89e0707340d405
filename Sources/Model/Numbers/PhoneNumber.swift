/// A phone number as it was received, and in E.164 where it can be read so.
///
/// Made from a text alone it knows no country's plan: the numbers of a tenant are read by `NumberReader`, which does.
///
/// Anything is accepted: no number, words such as `anonymous`, a lone plus sign, forty digits, emoji. What can't be read
/// keeps its text (without control characters, at most ``longestRaw`` UTF-16 units) and has no ``e164``.
public struct PhoneNumber: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        /// Readable as an international number.
        case international
        /// Digits, but not known to be international: nothing is guessed about the country.
        case national
        /// At most six digits: an extension or a service number.
        case short
        /// The caller withheld it, or there is none.
        case withheld
        /// Anything else.
        case unreadable
    }

    public static let longestRaw = 64

    /// As received, tidied. Empty for a withheld number.
    public let raw: String
    /// With leading plus sign, 7 to 15 digits. Nil unless ``kind`` is `international`.
    public let e164: String?
    public let kind: Kind

    public init(_ text: String?) {
        if let text, let plain = Self.plainInternational(text) {
            self.init(raw: plain, e164: plain, kind: .international)
            return
        }
        let tidied = (text ?? "").tidied(toUTF16: Self.longestRaw)
        guard !tidied.isEmpty, !Self.withheldWords.contains(tidied.lowercased()) else {
            self.init(raw: "", e164: nil, kind: .withheld)
            return
        }
        guard let digits = NumberDigits(tidied) else {
            self.init(raw: tidied, e164: nil, kind: .unreadable)
            return
        }
        self.init(raw: tidied, e164: digits.e164, kind: digits.kind)
    }

    /// The digits of a number as people write it, without marks, brackets and extension. Nil: it is no number.
    package static func digits(of text: String) -> String? { NumberDigits(text)?.digits }

    /// As ``digits(of:)``, behind a plus sign where one stood there.
    package static func dialled(_ text: String) -> String? {
        NumberDigits(text).map { $0.hasPlus ? "+" + $0.digits : $0.digits }
    }

    /// The same text, known to be this number.
    package func read(as e164: String) -> PhoneNumber { PhoneNumber(raw: raw, e164: e164, kind: .international) }

    public static let withheld = PhoneNumber(nil)

    /// What people are shown: E.164 where possible, else the text, else words.
    public var display: String {
        e164 ?? (raw.isEmpty ? "withheld number" : raw)
    }

    private init(raw: String, e164: String?, kind: Kind) {
        self.raw = raw
        self.e164 = e164
        self.kind = kind
    }

    private static let withheldWords: Set<String> = [
        "anonymous", "private", "unknown", "restricted", "unavailable", "withheld", "blocked", "hidden", "-", "null", "none",
    ]

    /// The usual case without any work: a plus sign and 7 to 15 digits, nothing else.
    private static func plainInternational(_ text: String) -> String? {
        var bytes = text.utf8.makeIterator()
        guard text.utf8.count >= 8, text.utf8.count <= 16, bytes.next() == UInt8(ascii: "+") else { return nil }
        guard let first = bytes.next(), first >= UInt8(ascii: "1"), first <= UInt8(ascii: "9") else { return nil }
        while let byte = bytes.next() {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        }
        return text
    }
}
