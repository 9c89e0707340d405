/// Takes the password out of a libpq connection string before it is shown.
enum ConnectionStringMask {
    static let mask = "***"

    static func mask(_ text: String) -> String {
        text.contains("://") ? maskedURI(text) : maskedWords(text)
    }

    /// Up to the first slash libpq takes whatever stands before an `@` for user and password, a question mark in it too.
    private static func maskedURI(_ text: String) -> String {
        var result = maskedWords(text, stop: "&")
        if let scheme = result.firstRange(of: "://"),
            let at = result[scheme.upperBound...].prefix(while: { $0 != "/" }).lastIndex(of: "@"),
            let colon = result[scheme.upperBound..<at].firstIndex(of: ":")
        {
            result.replaceSubrange(result.index(after: colon)..<at, with: mask)
        }
        return result
    }

    /// Replaces what follows `password=`, quoted or not.
    private static func maskedWords(_ text: String, stop: Character = " ") -> String {
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: "password") {
            result += rest[..<found.upperBound]
            rest = rest[found.upperBound...]
            let spaces = rest.prefix { $0 == " " }
            guard rest.dropFirst(spaces.count).first == "=" else { continue }
            result += "="
            rest = rest.dropFirst(spaces.count + 1).drop { $0 == " " }
            rest = rest.first == "'" ? afterQuoted(rest.dropFirst()) : rest.drop { $0 != stop }
            result += mask
        }
        return result + rest
    }

    private static func afterQuoted(_ text: Substring) -> Substring {
        var rest = text
        while let character = rest.popFirst(), character != "'" {
            if character == "\\" { _ = rest.popFirst() }
        }
        return rest
    }
}
