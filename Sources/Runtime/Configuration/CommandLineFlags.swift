/// What a program's command line says: what to do, and settings by flag.
struct CommandLineFlags: Equatable {
    enum Action: Equatable { case run, help, version, showConfiguration, checkConfiguration, listKeys }

    var action: Action = .run
    /// The file of `--config`.
    var file: String?
    /// Values by key.
    var values: [String: String] = [:]

    /// - Parameter arguments: without the program's own name.
    init(_ arguments: [String], schema: ConfigurationSchema) throws(ConfigurationError) {
        var rest = arguments[...]
        var words: [String] = []
        let keys = Dictionary(schema.keys.map { (ProgramConfiguration.flagName($0.name), $0) }) { first, _ in first }
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-") else {
                words.append(argument)
                continue
            }
            if ["-h", "--help"].contains(argument) { action = .help; return }
            if argument == "--version" { action = .version; return }
            let parts = argument.drop { $0 == "-" }.split(separator: "=", maxSplits: 1).map(String.init)
            guard let name = parts.first, name == "config" || keys[name] != nil else {
                throw ConfigurationError(place: argument, problem: "is no known flag", remedy: "--help lists all there are")
            }
            guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                throw ConfigurationError(place: "--\(name)", problem: "has no value", remedy: "write --\(name) VALUE")
            }
            if name == "config" { file = value } else if let key = keys[name] { values[key.name] = value }
        }
        action = try Self.action(words)
    }

    private static func action(_ words: [String]) throws(ConfigurationError) -> Action {
        switch words {
        case [], ["run"]: .run
        case ["help"]: .help
        case ["config", "show"]: .showConfiguration
        case ["config", "check"]: .checkConfiguration
        case ["config", "keys"]: .listKeys
        default:
            throw ConfigurationError(
                place: words.joined(separator: " "), problem: "is no known command",
                remedy: "use run, config show, config check, config keys or help")
        }
    }
}
