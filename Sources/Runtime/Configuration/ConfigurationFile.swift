import Configuration
import Yams

/// A YAML file, flattened: each scalar or list of scalars under its dotted path, with its line.
///
/// The elements of a declared list go by their names: `tenants.demo.enreach.username`.
struct ConfigurationFile: Sendable {
    struct Entry: Sendable {
        var path: [String]
        var texts: [String]
        var line: Int
    }

    let path: String
    private(set) var entries: [Entry] = []
    /// The names of each list's elements, in the file's order.
    private(set) var elements: [String: [(name: String, line: Int)]] = [:]
    private var index: [String: Int] = [:]

    init(path: String, text: String, schema: ConfigurationSchema) throws(ConfigurationError) {
        self.path = path
        guard let root = try Self.compose(text, path) else { return }
        guard let mapping = root.mapping else {
            throw error(1, nil, "the file is no mapping of keys to values", remedy: "write `key: value` lines")
        }
        try add(mapping, [], schema)
    }

    func entry(_ path: [String]) -> Entry? { index[path.joined(separator: ".")].map { entries[$0] } }

    func error(_ line: Int, _ key: String?, _ problem: String, remedy: String) -> ConfigurationError {
        ConfigurationError(place: "\(path):\(line)", key: key, problem: problem, remedy: remedy)
    }

    private static func compose(_ text: String, _ path: String) throws(ConfigurationError) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError(place: error.place(in: path, text), problem: error.problem, remedy: "correct the YAML")
        } catch {
            throw ConfigurationError(place: path, problem: "is no YAML", remedy: "correct the YAML")
        }
    }

    private mutating func add(_ mapping: Node.Mapping, _ prefix: [String], _ schema: ConfigurationSchema)
        throws(ConfigurationError)
    {
        for (keyNode, value) in mapping {
            let line = keyNode.mark?.line ?? 1
            guard let key = keyNode.scalar?.string else {
                throw error(line, prefix.joined(separator: "."), "a key is no text", remedy: "write `key: value`")
            }
            let path = prefix + [key]
            if let inner = value.mapping {
                try add(inner, path, schema)
            } else if let sequence = value.sequence, let list = schema.lists.first(where: { [$0.name] == path }) {
                try add(sequence, list, schema)
            } else if prefix.isEmpty, value.sequence?.contains(where: { $0.mapping != nil }) == true {
                throw unknownList(key, line, schema)
            } else if let texts = try scalars(value, path, line) {
                index[path.joined(separator: ".")] = entries.count
                entries.append(Entry(path: path, texts: texts, line: line))
            }
        }
    }

    /// A list of sections that the program has no use for: as a rule the file is another program's.
    private func unknownList(_ name: String, _ line: Int, _ schema: ConfigurationSchema) -> ConfigurationError {
        let near = Nearness.nearest(to: name, among: schema.lists.map(\.name))
        return error(
            line, name, "is no key of \(schema.program)",
            remedy: near.map { "did you mean `\($0)`?" } ?? "give it a file of its own with --config")
    }

    private mutating func add(
        _ sequence: Node.Sequence, _ list: ConfigurationList, _ schema: ConfigurationSchema
    ) throws(ConfigurationError) {
        for element in sequence {
            let line = element.mark?.line ?? 1
            guard let mapping = element.mapping, let name = mapping[list.identifiedBy]?.scalar?.string else {
                throw error(line, list.name, "an element has no `\(list.identifiedBy)`", remedy: "add `\(list.identifiedBy): …`")
            }
            guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }) else {
                throw error(line, list.name, "`\(name)` is no usable name", remedy: "use letters, digits, - and _")
            }
            if let other = elements[list.name]?.first(where: { $0.name == name }) {
                throw error(line, list.name, "`\(name)` stands in line \(other.line) as well", remedy: "give each its own name")
            }
            elements[list.name, default: []].append((name, line))
            try add(mapping, [list.name, name], schema)
        }
    }

    /// The texts of a scalar or of a list of scalars; nil for null, which counts as not there.
    private func scalars(_ node: Node, _ path: [String], _ line: Int) throws(ConfigurationError) -> [String]? {
        if let scalar = node.scalar {
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return isNull ? nil : [scalar.string]
        }
        guard let sequence = node.sequence else { return nil }
        var texts: [String] = []
        for element in sequence {
            guard let text = element.scalar?.string else {
                throw error(
                    line, path.joined(separator: "."), "a list may hold plain values only", remedy: "write `- value` lines")
            }
            texts.append(text)
        }
        return texts
    }
}

extension YamlError {
    fileprivate func place(in path: String, _ text: String) -> String {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): "\(path):\(mark.line)"
        case .duplicatedKeysInMapping(let keys, let context):
            "\(path):\(Self.lastLine(with: keys.first ?? "", in: text) ?? context.mark.line)"
        default: path
        }
    }

    /// The parser tells of a doubled key only where its mapping begins.
    private static func lastLine(with key: String, in text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.lastIndex { $0.drop { " -{\"'".contains($0) }.hasPrefix(key) }.map { $0 + 1 }
    }

    fileprivate var problem: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _),
            .reader(let problem, _, _, _):
            "is no YAML: \(problem)"
        case .duplicatedKeysInMapping(let keys, _): "the key `\(keys.joined(separator: "`, `"))` stands there twice"
        default: "is no YAML"
        }
    }
}

/// The file as a provider of swift-configuration, so that components can read it through a `ConfigReader`.
struct ConfigurationFileProvider: ConfigProvider, ConfigSnapshot {
    let file: ConfigurationFile

    var providerName: String { "ConfigurationFile[\(file.path)]" }

    func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        let name = key.components.joined(separator: ".")
        guard let texts = file.entry(key.components)?.texts else { return LookupResult(encodedKey: name, value: nil) }
        let content: ConfigContent =
            switch type {
            case .stringArray: .stringArray(texts)
            case .int: try .int(converted(texts, name) { Int($0) })
            case .double: try .double(converted(texts, name) { Double($0) })
            case .bool: try .bool(converted(texts, name) { Bool($0.lowercased()) })
            default: .string(texts.joined(separator: ","))
            }
        return LookupResult(encodedKey: name, value: ConfigValue(content, isSecret: false))
    }

    private func converted<Value>(_ texts: [String], _ name: String, _ convert: (String) -> Value?) throws -> Value {
        guard texts.count == 1, let value = convert(texts[0]) else {
            throw ConfigurationError(place: file.path, key: name, problem: "has the wrong type", remedy: "correct the value")
        }
        return value
    }

    nonisolated(nonsending) func fetchValue(forKey key: AbsoluteConfigKey, type: ConfigType) async throws -> LookupResult {
        try value(forKey: key, type: type)
    }

    nonisolated(nonsending) func watchValue<Return: ~Copyable>(
        forKey key: AbsoluteConfigKey, type: ConfigType,
        updatesHandler:
            nonisolated(nonsending) (_ updates: ConfigUpdatesAsyncSequence<Result<LookupResult, any Error>, Never>) async throws
            -> Return
    ) async throws -> Return {
        try await watchValueFromValue(forKey: key, type: type, updatesHandler: updatesHandler)
    }

    func snapshot() -> any ConfigSnapshot { self }

    nonisolated(nonsending) func watchSnapshot<Return: ~Copyable>(
        updatesHandler:
            nonisolated(nonsending) (_ updates: ConfigUpdatesAsyncSequence<any ConfigSnapshot, Never>) async throws -> Return
    ) async throws -> Return {
        try await watchSnapshotFromSnapshot(updatesHandler: updatesHandler)
    }
}
