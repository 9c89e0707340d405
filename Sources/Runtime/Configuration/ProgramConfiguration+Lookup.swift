import Configuration

extension ProgramConfiguration {
    static let environmentPrefix = "TRUNKLINE"

    struct Found {
        var raw: RawValue
        /// True when the value is the path of a file that holds the secret.
        var isFileOfSecret = false
    }

    /// The value of the highest layer that has one.
    func find(_ key: any DeclaredKey) throws(ConfigurationError) -> Found? {
        for layer in [flag, variable, entry] {
            let direct = layer(key.name)
            guard key.isSecret else {
                if let direct { return Found(raw: direct) }
                continue
            }
            let inFile = layer(key.name + "_file")
            if let direct, inFile != nil {
                throw ConfigurationError(
                    place: place(direct.origin), key: fullName(key.name), problem: "both the secret and its file are given here",
                    remedy: "keep one of \(key.name) and \(key.name)_file")
            }
            if let inFile { return Found(raw: inFile, isFileOfSecret: true) }
            if let direct { return Found(raw: try allowed(secret: direct, key)) }
        }
        return key.standard.map { Found(raw: RawValue(texts: [$0], origin: .standard)) }
    }

    /// A secret as text may come from the environment only: files get copied and command lines are seen by everybody.
    private func allowed(secret raw: RawValue, _ key: any DeclaredKey) throws(ConfigurationError) -> RawValue {
        if case .environment = raw.origin { return raw }
        throw ConfigurationError(
            place: place(raw.origin), key: fullName(key.name), problem: "a secret may not stand here",
            remedy: "put it into a file of its own and name that with \(key.name)_file, or set \(variableName(key.name))")
    }

    private func flag(_ name: String) -> RawValue? {
        let text = try? flags.value(forKey: AbsoluteConfigKey(path(name)), type: .string).value?.content
        guard case .string(let text)? = text else { return nil }
        return RawValue(texts: [text], origin: .flag(Self.flagName(path(name).joined(separator: "."))))
    }

    private func variable(_ name: String) -> RawValue? {
        let result = try? environment.value(
            forKey: AbsoluteConfigKey([Self.environmentPrefix.lowercased()] + path(name)), type: .string)
        guard let result, case .string(let text)? = result.value?.content else { return nil }
        return RawValue(texts: [text], origin: .environment(result.encodedKey))
    }

    private func entry(_ name: String) -> RawValue? {
        guard let file, let entry = file.entry(path(name)) else { return nil }
        return RawValue(texts: entry.texts, origin: .file(file.path, line: entry.line))
    }

    func parsed<Value>(
        _ key: any DeclaredKey, _ found: Found, _ parse: (RawValue) throws(ValueProblem) -> Value
    ) throws(ConfigurationError) -> Value {
        do throws(ValueProblem) {
            return try parse(found.raw)
        } catch {
            throw ConfigurationError(
                place: place(found.raw.origin), key: fullName(key.name) + (found.isFileOfSecret ? "_file" : ""),
                problem: error.problem,
                remedy: error.remedy)
        }
    }

    func missing(_ key: any DeclaredKey) -> ConfigurationError {
        let name = key.isSecret ? "\(key.name)_file" : key.name
        let element = prefix.count > 1 ? file?.elements[prefix[0]]?.first { $0.name == prefix[1] } : nil
        return ConfigurationError(
            place: file.map { file in element.map { "\(file.path):\($0.line)" } ?? file.path }, key: fullName(key.name),
            problem: "is not set", remedy: "add \(fullName(name)) to the configuration file or set \(variableName(key.name))")
    }

    func path(_ name: String) -> [String] { prefix + name.split(separator: ".").map(String.init) }
    func fullName(_ name: String) -> String { (prefix + [name]).joined(separator: ".") }
    func place(_ origin: ValueOrigin?) -> String? { origin.flatMap { $0 == .standard ? nil : $0.description } }

    /// The variable that sets a key: `TRUNKLINE_HTTP_PORT`.
    func variableName(_ name: String) -> String {
        let text = ([Self.environmentPrefix] + path(name)).joined(separator: "_").uppercased()
        return String(text.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    /// The flag that sets a key: `http-port`.
    static func flagName(_ name: String) -> String { String(name.map { $0 == "." || $0 == "_" ? "-" : $0 }) }
}
