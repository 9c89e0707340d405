/// A text with placeholders in braces and optional parts in brackets, such as `{direction} call[, queue {queue}]`.
///
/// A part in brackets is left out when one of its placeholders has nothing to say. `{{` and `[[` stand for the signs themselves.
public struct TextTemplate: Sendable, Hashable {
    /// What can stand in braces.
    public enum Placeholder: String, Sendable, Hashable, CaseIterable {
        case kind, direction, preposition, party, number, own, queue, user, duration, minutes, start, result
    }

    public struct SyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public let source: String
    private let parts: [Part]

    private indirect enum Part: Sendable, Hashable {
        case text(String)
        case placeholder(Placeholder)
        case optional([Part])
    }

    static let placeholderList = Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")

    /// Throws ``SyntaxError`` with one line that says what is wrong.
    public init(_ source: String) throws(SyntaxError) {
        var rest = source[...]
        parts = try Self.parts(of: &rest, inBrackets: false)
        self.source = source
    }

    /// The text with the values put in. A placeholder without a value becomes nothing.
    public func text(_ values: (Placeholder) -> String?) -> String {
        var text = ""
        Self.append(parts, values, to: &text)
        return text
    }

    private static func append(_ parts: [Part], _ values: (Placeholder) -> String?, to text: inout String) {
        for part in parts {
            switch part {
            case .text(let fixed): text += fixed
            case .placeholder(let name): text += values(name) ?? ""
            case .optional(let inner):
                let isComplete = inner.allSatisfy {
                    if case .placeholder(let name) = $0 { return !(values(name) ?? "").isEmpty }
                    return true
                }
                if isComplete { append(inner, values, to: &text) }
            }
        }
    }

    private static func parts(of rest: inout Substring, inBrackets: Bool) throws(SyntaxError) -> [Part] {
        var parts: [Part] = []
        var fixed = ""
        func flush() {
            if !fixed.isEmpty { parts.append(.text(fixed)) }
            fixed = ""
        }
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "[" where rest.first == "[":
                fixed.append(rest.removeFirst())
            case "{":
                flush()
                parts.append(.placeholder(try placeholder(&rest)))
            case "[" where inBrackets: throw SyntaxError(description: "brackets can't stand inside brackets")
            case "[":
                flush()
                parts.append(.optional(try self.parts(of: &rest, inBrackets: true)))
            case "]" where inBrackets:
                flush()
                return parts
            default: fixed.append(character)
            }
        }
        guard !inBrackets else { throw SyntaxError(description: "a bracket is not closed") }
        flush()
        return parts
    }

    private static func placeholder(_ rest: inout Substring) throws(SyntaxError) -> Placeholder {
        guard let end = rest.firstIndex(of: "}") else { throw SyntaxError(description: "a brace is not closed") }
        let name = rest[..<end]
        rest = rest[rest.index(after: end)...]
        guard let placeholder = Placeholder(rawValue: name.lowercased()) else {
            throw SyntaxError(description: "there is no placeholder {\(name)}; use \(placeholderList)")
        }
        return placeholder
    }
}

extension TextTemplate {
    static let defaultSubject = try! TextTemplate("{kind} {preposition} {party}")
    static let defaultCallbackDescription = try! TextTemplate("{kind} of {start}.[ Called: {own}.][ Queue: {queue}.]")
    static let defaultDescription = try! TextTemplate("{kind}, {duration}.[ Queue: {queue}.][ User: {user}.]")
}
