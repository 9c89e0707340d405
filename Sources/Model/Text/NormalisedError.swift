/// An error's text with everything that differs from case to case taken out, so that equal failures can be counted together.
///
/// `hub.normalise_error` in the database does the same to what is stored.
public enum NormalisedError {
    public static func text(_ message: String) -> String {
        var words: [String] = []
        for word in message.prefix(1000).split(whereSeparator: { $0.isWhitespace }) {
            words.append(normalised(word))
            if words.count == 60 { break }
        }
        return words.joined(separator: " ")
    }

    /// A word with a digit in it names a case (an id, a number, a time) unless it is a code such as `0x80040217`.
    private static func normalised(_ word: Substring) -> String {
        guard word.contains(where: { $0.isASCII && $0.isNumber }) else { return String(word) }
        let core = word.trimmingPrefix { !$0.isLetter && !$0.isNumber && $0 != "+" }
        let isCode = core.lowercased().hasPrefix("0x") && core.dropFirst(2).prefix { $0.isHexDigit }.count == 8
        return isCode ? String(word) : "…"
    }
}
