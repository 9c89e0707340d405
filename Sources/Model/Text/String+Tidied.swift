extension String {
    /// The text without control characters and outer blanks, at most `limit` UTF-16 units long, never cut inside a character.
    ///
    /// Dataverse counts the length of a text column in UTF-16 units.
    public func tidied(toUTF16 limit: Int) -> String {
        if utf8.count <= limit, utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return self }
        let cleaned = String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? " " : $0 }))
        return cleaned.trimmingBlanks().cut(toUTF16: limit)
    }

    /// The longest beginning of at most `limit` UTF-16 units; when something is cut away it ends in an ellipsis.
    public func cut(toUTF16 limit: Int) -> String {
        guard utf16.count > limit else { return self }
        guard limit > 0 else { return "" }
        var kept = ""
        var length = 1
        for character in self {
            length += character.utf16.count
            if length > limit { break }
            kept.append(character)
        }
        return kept + "…"
    }

    func trimmingBlanks() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        properties.generalCategory == .control || properties.generalCategory == .surrogate
    }
}
