import Yams

/// Checks a document against a JSON Schema: the part of the language that ``RuleSchema`` uses.
struct SchemaCheck {
    private let root: Node
    private let file: String
    private(set) var problems: [RuleProblem] = []

    static let mostProblems = 50

    init(schema: Node, file: String) {
        root = schema
        self.file = file
    }

    mutating func check(_ node: Node) {
        check(node, root, at: "the document")
    }

    private mutating func report(_ node: Node, _ reason: String) {
        guard problems.count < Self.mostProblems else { return }
        problems.append(RuleProblem(file: file, line: node.line, reason: reason))
    }

    private mutating func check(_ node: Node, _ schema: Node, at place: String) {
        if let name = schema[key: "$ref"]?.string, let part = resolve(name) { return check(node, part, at: place) }
        if let choices = schema[key: "oneOf"]?.sequence { return check(node, oneOf: Array(choices), at: place) }
        if let values = schema[key: "enum"]?.sequence,
            !values.contains(where: { $0.scalar?.string == node.scalar?.string && node.scalar != nil })
        {
            let words = values.compactMap { $0.scalar?.string }.joined(separator: ", ")
            return report(node, "\(place) is \(Self.words(node)); it can be \(words)")
        }
        if let type = schema[key: "type"]?.string, !Self.fits(node, type) {
            return report(node, "\(place) is \(Self.words(node)), where \(Self.article(type)) belongs")
        }
        checkScalar(node, schema, place)
        if let sequence = node.sequence { check(sequence, node, schema, place) }
        if let mapping = node.mapping { check(mapping, node, schema, place) }
    }

    /// The choice whose type fits is the one that was meant.
    private mutating func check(_ node: Node, oneOf choices: [Node], at place: String) {
        var last: SchemaCheck?
        for choice in choices {
            let part = choice["$ref"]?.string.flatMap(resolve) ?? choice
            var attempt = SchemaCheck(schema: root, file: file)
            attempt.check(node, part, at: place)
            if attempt.problems.isEmpty { return }
            if last == nil || part[key: "type"]?.string.map({ Self.fits(node, $0) }) == true { last = attempt }
        }
        for problem in last?.problems ?? [] where problems.count < Self.mostProblems { problems.append(problem) }
    }

    private mutating func checkScalar(_ node: Node, _ schema: Node, _ place: String) {
        guard let text = node.scalar?.string else { return }
        if let least = schema[key: "minLength"]?.int, text.count < least { report(node, "\(place) is empty") }
        if let most = schema[key: "maxLength"]?.int, text.count > most {
            report(node, "\(place) is longer than \(most) characters")
        }
        if let pattern = schema[key: "pattern"]?.string, (try? Regex(pattern).firstMatch(in: text)) ?? nil == nil {
            report(node, "\(place) is `\(text.prefix(40))`, which has not the form \(pattern)")
        }
        if let least = schema[key: "minimum"]?.int, let number = Int(text), number < least {
            report(node, "\(place) is less than \(least)")
        }
        if let most = schema[key: "maximum"]?.int, let number = Int(text), number > most {
            report(node, "\(place) is more than \(most)")
        }
    }

    private mutating func check(_ sequence: Node.Sequence, _ node: Node, _ schema: Node, _ place: String) {
        if let least = schema[key: "minItems"]?.int, sequence.count < least { report(node, "\(place) is empty") }
        if let most = schema[key: "maxItems"]?.int, sequence.count > most {
            report(node, "\(place) has more than \(most) elements")
        }
        guard let items = schema[key: "items"] else { return }
        for (index, element) in sequence.enumerated() { check(element, items, at: "element \(index + 1) of \(place)") }
    }

    private mutating func check(_ mapping: Node.Mapping, _ node: Node, _ schema: Node, _ place: String) {
        let known = schema[key: "properties"]?.mapping
        if let least = schema[key: "minProperties"]?.int, mapping.count < least { report(node, "\(place) is empty") }
        for required in schema[key: "required"]?.sequence ?? [] where node[key: required.string ?? ""] == nil {
            report(node, "\(place) has no `\(required.string ?? "")`")
        }
        var seen: Set<String> = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                report(key, "a key of \(place) is no text")
                continue
            }
            if !seen.insert(name).inserted { report(key, "`\(name.prefix(60))` stands there twice") }
            if let names = schema[key: "propertyNames"] { check(key, names, at: "a name in \(place)") }
            if let part = known?.first(where: { $0.key.scalar?.string == name })?.value {
                check(value, part, at: "`\(name)`")
            } else if let other = schema[key: "additionalProperties"] {
                if other.mapping != nil {
                    check(value, other, at: "`\(name)`")
                } else if other.bool == false {
                    let words = known?.keys.compactMap { $0.scalar?.string }.joined(separator: ", ") ?? "nothing"
                    report(key, "\(place) has an unknown `\(name.prefix(60))`; known are \(words)")
                }
            }
        }
    }

    private func resolve(_ reference: String) -> Node? {
        reference.split(separator: "/").dropFirst().reduce(Optional(root)) { node, key in node?[key: String(key)] }
    }

    private static func fits(_ node: Node, _ type: String) -> Bool {
        switch type {
        case "object": node.mapping != nil
        case "array": node.sequence != nil
        // Numbers and dates need no quotes in YAML.
        case "string": node.scalar.map { !(node.isPlain && ["", "~", "null"].contains($0.string)) } ?? false
        case "integer": node.isPlain && node.scalar.flatMap { Int($0.string) } != nil
        case "boolean": node.isPlain && ["true", "false"].contains(node.scalar?.string ?? "")
        default: false
        }
    }

    private static func words(_ node: Node) -> String {
        switch node {
        case .mapping: "an object"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.string.isEmpty ? "empty" : "`\(scalar.string.prefix(40))`"
        case .alias: "an alias"
        }
    }

    private static func article(_ type: String) -> String {
        switch type {
        case "object": "an object"
        case "array": "a list"
        case "integer": "a whole number"
        case "boolean": "true or false"
        default: "a text"
        }
    }
}
