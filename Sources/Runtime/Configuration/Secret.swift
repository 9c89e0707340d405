/// A text that must not be shown: its descriptions are masked, and only ``reveal()`` gives it out.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    private let text: String
    /// The file it was read from, so that it can be read again after a rotation; nil when the environment gave it.
    public let file: String?

    public init(_ text: String, file: String? = nil) {
        self.text = text
        self.file = file
    }

    public func reveal() -> String { text }

    /// The secret as its file holds it now; the one known when it came from the environment or the file can't be read.
    public func current() -> Secret {
        guard let file, let text = try? FileText.read(file), let line = Self.trimmed(text) else { return self }
        return Secret(line, file: file)
    }

    public var description: String { "***" }
    public var debugDescription: String { "***" }

    static func read(from file: String) throws(ValueProblem) -> Secret {
        guard let text = trimmed(try FileText.read(file)) else {
            throw ValueProblem("the secret file \(file) is empty", remedy: "put the secret into it")
        }
        return Secret(text, file: file)
    }

    private static func trimmed(_ text: String) -> String? {
        var text = text[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text.isEmpty ? nil : String(text)
    }
}

extension ValueForm where Value == Secret {
    /// A secret: from the environment, or from the file that `KEY_file` names.
    public static var secret: ValueForm {
        ValueForm(name: "secret", isSecret: true, show: { _ in "***" }) { (raw) throws(ValueProblem) in
            let text = try raw.single()
            guard !text.isEmpty else { throw ValueProblem("is empty", remedy: "set it, or leave it out") }
            return Secret(text)
        }
    }
}
