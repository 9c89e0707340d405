/// The digits of a number as people and exchanges write it: `+31 (0)20-555 01 01 ext 3`, `tel:+31…`, `0031…`, `sip:+31…@host`.
struct NumberDigits {
    /// As read, without marks, brackets and extension.
    let digits: String
    /// A plus sign stood before them.
    let hasPlus: Bool
    let e164: String?
    let kind: PhoneNumber.Kind

    /// Nil when the text is not a number at all.
    init?(_ text: String) {
        guard let (digits, plus) = Self.digits(of: Self.withoutScheme(text)) else { return nil }
        self.digits = digits
        hasPlus = plus
        let international = digits.hasPrefix("00") ? String(digits.dropFirst(2)) : digits
        // The vendor's exports leave the plus sign out at times; eleven digits without a leading zero carry a country code.
        let carriesCountry = plus || digits.hasPrefix("00") || (digits.count >= 11 && !digits.hasPrefix("0"))
        if carriesCountry, (7...15).contains(international.count), !international.hasPrefix("0") {
            e164 = "+" + international
            kind = .international
        } else if plus || digits.count > 15 {
            e164 = nil
            kind = .unreadable
        } else {
            e164 = nil
            kind = digits.count <= 6 ? .short : .national
        }
    }

    private static func withoutScheme(_ text: String) -> Substring {
        var rest = text[...]
        for scheme in ["tel:", "sip:", "sips:"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            break
        }
        return rest.prefix { $0 != "@" && $0 != ";" }
    }

    private static func digits(of text: Substring) -> (digits: String, plus: Bool)? {
        var digits = ""
        var plus = false
        var inBrackets = ""
        var bracketOpen = false
        loop: for character in text {
            switch character {
            case "0"..."9" where character.isASCII:
                if bracketOpen { inBrackets.append(character) } else { digits.append(character) }
            case "+" where digits.isEmpty && !plus: plus = true
            case "(" where !bracketOpen: bracketOpen = true
            case ")" where bracketOpen:
                // "(0)" after a country code is the trunk prefix that is dialled at home only.
                if !(inBrackets == "0" && !digits.isEmpty) { digits += inBrackets }
                inBrackets = ""
                bracketOpen = false
            case " ", "-", ".", "/", "\u{A0}", "\u{2009}", "\u{202F}", "\u{2010}", "\u{2011}", "\u{2013}": continue
            case "e", "E", "x", "X", ",", "#":
                // An extension behind the number.
                guard digits.count >= 5 else { return nil }
                break loop
            default: return nil
            }
        }
        digits += inBrackets
        return digits.isEmpty ? nil : (digits, plus)
    }
}
