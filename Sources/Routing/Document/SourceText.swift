import Yams

/// The text of a rule document, YAML or JSON, and what the parser makes of it.
struct SourceText {
    let file: String
    let text: String

    /// Most bytes, and most values, that a document may have.
    static let mostBytes = 1 << 20
    static let mostNodes = 200_000
    /// How deep values may lie in one another.
    static let deepest = 40

    /// - Throws: `RuleProblems`.
    func root() throws(RuleProblems) -> Node {
        guard text.utf8.count <= Self.mostBytes else { throw problem(1, "the document is larger than 1 MiB") }
        guard isShallow else { throw problem(1, "the document nests its values deeper than \(Self.deepest)") }
        let node: Node?
        do {
            node = try Parser(yaml: text, resolver: .basic).singleRoot()
        } catch let error as YamlError {
            throw problem(error)
        } catch {
            throw problem(1, "is neither YAML nor JSON")
        }
        guard let node else { throw problem(1, "the document is empty") }
        var left = Self.mostNodes
        try count(node, &left, depth: 0)
        return node
    }

    /// Brackets tell the depth of JSON and of YAML's flow form before the parser, which calls itself for each, gets to see them.
    private var isShallow: Bool {
        var depth = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            if depth > 400 { return false }
        }
        return true
    }

    /// An alias can stand for a value that is itself made of aliases: counted as often as it would be read.
    private func count(_ node: Node, _ left: inout Int, depth: Int) throws(RuleProblems) {
        left -= 1
        let line = node.mark?.line ?? 1
        guard left > 0 else { throw problem(line, "the document holds more than \(Self.mostNodes) values") }
        guard depth <= Self.deepest else { throw problem(line, "the document nests its values deeper than \(Self.deepest)") }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                try count(key, &left, depth: depth + 1)
                try count(value, &left, depth: depth + 1)
            }
        case .sequence(let sequence): for element in sequence { try count(element, &left, depth: depth + 1) }
        case .scalar, .alias: break
        }
    }

    func problem(_ line: Int, _ reason: String) -> RuleProblems {
        RuleProblems([RuleProblem(file: file, line: line, reason: reason)])
    }

    private func problem(_ error: YamlError) -> RuleProblems {
        switch error {
        case .scanner(_, let reason, let mark, _), .parser(_, let reason, let mark, _), .composer(_, let reason, let mark, _):
            problem(mark.line, "is neither YAML nor JSON: \(reason)")
        case .duplicatedKeysInMapping(let keys, let context):
            problem(
                Self.lastLine(with: keys.first ?? "", in: text) ?? context.mark.line,
                "`\(keys.joined(separator: "`, `"))` stands there twice")
        case .reader(let reason, _, _, _): problem(1, "is neither YAML nor JSON: \(reason)")
        default: problem(1, "is neither YAML nor JSON")
        }
    }

    /// The parser tells of a doubled key only where its mapping begins.
    private static func lastLine(with key: String, in text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.lastIndex { $0.drop { " -{\"'".contains($0) }.hasPrefix(key) }.map { $0 + 1 }
    }
}

extension Node {
    var line: Int { mark?.line ?? 1 }

    /// The value of a key, whether the key is quoted or not.
    subscript(key name: String) -> Node? { mapping?.first { $0.key.scalar?.string == name }?.value }

    /// Whether a scalar stands there without quotes, and so may be a number, a flag or null.
    var isPlain: Bool { scalar?.style == .plain || scalar?.style == .any }
}
