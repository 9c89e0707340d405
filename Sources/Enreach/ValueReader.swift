import FoundationEssentials

/// Reads one field's value with the tolerance Enreach's answers ask for: numbers as text and text as numbers, null and empty
/// text as nothing, ids in any case, both forms of time.
///
/// A value that is there but makes no sense is passed over, gives nil, and sets ``unreadable``. Only broken JSON throws.
struct ValueReader {
    var scanner: JSONScanner
    let vocabulary: Vocabulary
    var unreadable = false

    mutating func skip() throws(JSONSyntaxError) { try scanner.skip() }

    /// Text; a number or boolean as its literal. Nil for null and empty text.
    mutating func text() throws(JSONSyntaxError) -> String? {
        switch scanner.peek() {
        case UInt8(ascii: "\""):
            let text = try scanner.string()
            return text.isEmpty ? nil : text
        case UInt8(ascii: "n"):
            try scanner.skip()
            return nil
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            unreadable = true
            try scanner.skip()
            return nil
        default:
            let start = scanner.position
            try scanner.skip()
            return String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
        }
    }

    /// A whole number, also out of text; a fraction is cut off.
    mutating func integer() throws(JSONSyntaxError) -> Int? {
        guard let text = try text() else { return nil }
        return understood(Int(text) ?? Double(text).flatMap { Int(exactly: $0.rounded(.towardZero)) })
    }

    /// Seconds: a whole number, or a clock reading such as `00:02:05`; at most ten years either way, so that sums of them are safe.
    mutating func seconds() throws(JSONSyntaxError) -> Int? {
        guard let text = try text() else { return nil }
        let seconds =
            Int(text) ?? VendorTime.seconds(clock: text) ?? Double(text).flatMap { Int(exactly: $0.rounded(.towardZero)) }
        return understood(seconds.map { min(max($0, -Self.longest), Self.longest) })
    }

    private static let longest = 3_650 * 86_400

    mutating func uuid() throws(JSONSyntaxError) -> UUID? {
        guard let text = try text() else { return nil }
        return understood(Self.uuid(text))
    }

    mutating func time() throws(JSONSyntaxError) -> Date? {
        guard let text = try text() else { return nil }
        switch VendorTime.parse(text) {
        case .time(let date): return date
        case .open: return nil
        case nil: return understood(nil)
        }
    }

    /// Ids of an array, those that are none left out; a single id counts as an array of one.
    mutating func uuids() throws(JSONSyntaxError) -> [UUID] {
        var ids: [UUID] = []
        for text in try texts() {
            if let id = Self.uuid(text) { ids.append(id) } else { unreadable = true }
        }
        return ids
    }

    /// Texts of an array; a single text counts as an array of one. Anything else inside counts as unreadable.
    mutating func texts() throws(JSONSyntaxError) -> [String] {
        guard scanner.peek() == UInt8(ascii: "[") else { return try text().map { [$0] } ?? [] }
        scanner.position += 1
        if scanner.take(UInt8(ascii: "]")) { return [] }
        var texts: [String] = []
        repeat {
            if let text = try text() { texts.append(text) }
        } while scanner.take(UInt8(ascii: ","))
        try scanner.expect(UInt8(ascii: "]"))
        return texts
    }

    /// A truth value; anything that does not say yes is no.
    mutating func flag() throws(JSONSyntaxError) -> Bool {
        try text().map { vocabulary.yes.contains($0.lowercased()) } ?? false
    }

    mutating func callbackState() throws(JSONSyntaxError) -> CallbackState? {
        guard let text = try text() else { return nil }
        return vocabulary.callbackStates[text.lowercased()] ?? .unknown(text)
    }

    mutating func direction() throws(JSONSyntaxError) -> CallDirection? {
        try text().map { vocabulary.inbound.contains($0.lowercased()) ? .inbound : .outbound }
    }

    mutating func answered() throws(JSONSyntaxError) -> Bool? {
        try text().map { vocabulary.answered.contains($0.lowercased()) }
    }

    mutating func privacy() throws(JSONSyntaxError) -> CallPrivacy {
        guard let text = try text() else { return .undefined }
        return vocabulary.privacy[text.lowercased()] ?? .unknown(text)
    }

    private mutating func understood<Value>(_ value: Value?) -> Value? {
        if value == nil { unreadable = true }
        return value
    }

    /// An id in any case, with or without hyphens and braces.
    static func uuid(_ text: String) -> UUID? {
        if text.utf8.count == 36 { return UUID(uuidString: text) }
        let digits = text.filter { !"{}-() ".contains($0) }
        guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        var hyphenated = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { hyphenated.append("-") }
            hyphenated.append(digit)
        }
        return UUID(uuidString: hyphenated)
    }
}

/// The values with a meaning, lower case, out of a ``FieldMap``.
struct Vocabulary {
    let inbound: Set<String>
    let answered: Set<String>
    let privacy: [String: CallPrivacy]
    let yes: Set<String>
    let callbackStates: [String: CallbackState]

    init(_ map: FieldMap) {
        inbound = Set(map[.valueInbound].map { $0.lowercased() })
        answered = Set(map[.valueAnswered].map { $0.lowercased() })
        var privacy: [String: CallPrivacy] = [:]
        for (field, value) in [
            (AnswerField.valueUndefined, CallPrivacy.undefined), (.valuePrivate, .private), (.valueWork, .work),
        ] {
            for name in map[field] { privacy[name.lowercased()] = value }
        }
        self.privacy = privacy
        yes = Set(map[.valueTrue].map { $0.lowercased() })
        var states: [String: CallbackState] = [:]
        for (field, value) in [
            (AnswerField.valueAllocated, CallbackState.allocated), (.valueClosed, .closed), (.valueOpen, .open),
        ] {
            for name in map[field] { states[name.lowercased()] = value }
        }
        callbackStates = states
    }
}
