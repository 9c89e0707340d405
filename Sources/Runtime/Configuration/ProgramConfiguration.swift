public import Configuration

/// The settings of a program, resolved in layers: command line flag, environment, file, default.
///
/// Loading refuses what the schema does not know and what does not fit its form, so a program that got this far only meets
/// values it can work with.
public struct ProgramConfiguration: Sendable {
    public let schema: ConfigurationSchema
    /// The file's path; nil when there is none.
    public var path: String? { file?.path }
    let file: ConfigurationFile?
    let flags: InMemoryProvider
    let environment: EnvironmentVariablesProvider
    let environmentNames: Set<String>
    /// Where this part of the configuration lies: empty for the whole, `["tenants", "demo"]` for an element of a list.
    let prefix: [String]

    /// The name of this element, as `demo` for a tenant; empty for the whole configuration.
    public var name: String { prefix.last ?? "" }

    /// Reads and checks everything.
    ///
    /// - Parameters:
    ///   - path: the file; nil for none.
    ///   - flags: values of the command line by key.
    public static func load(
        schema: ConfigurationSchema, file path: String?, flags: [String: String] = [:], environment: [String: String]
    ) throws(ConfigurationError) -> ProgramConfiguration {
        let file = try path.map { (path) throws(ConfigurationError) in
            try ConfigurationFile(path: path, text: try text(of: path), schema: schema)
        }
        let values = Dictionary(
            uniqueKeysWithValues: flags.map {
                (
                    AbsoluteConfigKey($0.key.split(separator: ".").map(String.init)),
                    ConfigValue(.string($0.value), isSecret: false)
                )
            })
        let own = environment.filter { $0.key.hasPrefix(environmentPrefix + "_") }
        let configuration = ProgramConfiguration(
            schema: schema, file: file, flags: InMemoryProvider(name: "flags", values: values),
            environment: EnvironmentVariablesProvider(environmentVariables: own), environmentNames: Set(own.keys), prefix: [])
        try configuration.check()
        return configuration
    }

    private static func text(of path: String) throws(ConfigurationError) -> String {
        do throws(ValueProblem) {
            return try FileText.read(path)
        } catch {
            throw ConfigurationError(problem: error.problem, remedy: error.remedy)
        }
    }

    /// The value of a key that has a default or is required.
    public func value<Value>(_ key: ConfigurationKey<Value>) throws(ConfigurationError) -> Value {
        guard let value = try optional(key) else { throw missing(key) }
        return value
    }

    /// The value of a key, nil when it is set nowhere and has no default.
    public func optional<Value>(_ key: ConfigurationKey<Value>) throws(ConfigurationError) -> Value? {
        guard let found = try find(key) else { return nil }
        return try parsed(key, found) { (raw) throws(ValueProblem) in
            if found.isFileOfSecret, let secret = try Secret.read(from: raw.path()) as? Value { return secret }
            return try key.form.parse(raw)
        }
    }

    /// The elements of a list, in the file's order, each as a configuration of its own.
    public func elements(of list: String) -> [ProgramConfiguration] {
        (file?.elements[list] ?? []).map { scoped(to: [list, $0.name]) }
    }

    /// What stands in a section with free names, by name.
    public func map(_ section: String) -> [String: [String]] {
        let start = prefix + section.split(separator: ".").map(String.init)
        var map: [String: [String]] = [:]
        for entry in file?.entries ?? [] where entry.path.starts(with: start) && entry.path.count > start.count {
            map[entry.path.dropFirst(start.count).joined(separator: ".")] = entry.texts
        }
        return map
    }

    /// An error about a key of this configuration that names the place where it was set, for checks that only a component can make.
    public func error(_ key: any DeclaredKey, _ problem: String, remedy: String) -> ConfigurationError {
        let origin = (try? find(key))?.raw.origin
        return ConfigurationError(place: place(origin), key: fullName(key.name), problem: problem, remedy: remedy)
    }

    /// The same layers for components that read through swift-configuration.
    public var reader: ConfigReader {
        var providers: [any ConfigProvider] = [
            flags, environment.prefixKeys(with: ConfigKey([Self.environmentPrefix.lowercased()])),
        ]
        if let file { providers.append(ConfigurationFileProvider(file: file)) }
        let reader = ConfigReader(providers: providers)
        return prefix.isEmpty ? reader : reader.scoped(to: ConfigKey(prefix))
    }

    func scoped(to prefix: [String]) -> ProgramConfiguration {
        ProgramConfiguration(
            schema: schema, file: file, flags: flags, environment: environment, environmentNames: environmentNames, prefix: prefix
        )
    }
}
