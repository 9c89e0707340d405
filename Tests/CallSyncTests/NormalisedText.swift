import Model

enum NormalisedText {
    static func of(_ text: String) -> String { NormalisedError.text(text) }
}
