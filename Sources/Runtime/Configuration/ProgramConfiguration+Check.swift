import Configuration

extension ProgramConfiguration {
    /// Refuses unknown keys of the file, then whatever does not fit its form or is missing.
    func check() throws(ConfigurationError) {
        for entry in file?.entries ?? [] { try check(known: entry) }
        for key in schema.keys { try check(key) }
        for list in schema.lists {
            for element in elements(of: list.name) {
                for key in list.keys { try element.check(key) }
            }
        }
    }

    private func check(_ key: any DeclaredKey) throws(ConfigurationError) {
        guard let found = try find(key) else {
            if key.isRequired { throw missing(key) }
            return
        }
        try parsed(key, found) { (raw) throws(ValueProblem) in
            if found.isFileOfSecret { _ = try Secret.read(from: raw.path()) } else { try key.check(raw) }
        }
    }

    private func check(known entry: ConfigurationFile.Entry) throws(ConfigurationError) {
        if schema.isInMap(entry.path) || schema.isName(entry.path) { return }
        if schema.key(entry.path) != nil { return }
        if let last = entry.path.last, last.hasSuffix("_file"),
            schema.key(entry.path.dropLast() + [String(last.dropLast(5))])?.isSecret == true
        {
            return
        }
        throw unknown(entry)
    }

    private func unknown(_ entry: ConfigurationFile.Entry) -> ConfigurationError {
        let name = entry.path.joined(separator: ".")
        let generic =
            schema.lists.contains { $0.name == entry.path.first } && entry.path.count > 2
            ? ([entry.path[0], "*"] + entry.path.dropFirst(2)).joined(separator: ".") : name
        let below = schema.names.filter { $0.hasPrefix(generic + ".") }
        let place = file.map { "\($0.path):\(entry.line)" }
        if schema.lists.contains(where: { $0.name == name }) {
            return ConfigurationError(
                place: place, key: name, problem: "is a list of sections", remedy: "write `- name: …` lines under it")
        }
        if !below.isEmpty {
            return ConfigurationError(
                place: place, key: name, problem: "is a section, not a value",
                remedy: "put its keys under it: \(below.joined(separator: ", "))")
        }
        if let near = Nearness.nearest(to: generic, among: schema.names) {
            return ConfigurationError(place: place, key: name, problem: "is no known key", remedy: "did you mean `\(near)`?")
        }
        return ConfigurationError(
            place: place, key: name, problem: "is no known key", remedy: "remove it; `config keys` lists all there are")
    }

    /// Variables that look meant for the program but set nothing. They are reported, not refused: a container platform may
    /// add variables of its own that begin alike.
    public var unknownVariables: [String] {
        var known: Set<String> = [Self.environmentPrefix + "_CONFIG"]
        for key in schema.keys { known.formUnion(names(of: key)) }
        for list in schema.lists {
            for element in elements(of: list.name) {
                for key in list.keys { known.formUnion(element.names(of: key)) }
            }
        }
        return environmentNames.subtracting(known).sorted()
    }

    private func names(of key: any DeclaredKey) -> [String] {
        key.isSecret ? [variableName(key.name), variableName(key.name + "_file")] : [variableName(key.name)]
    }
}

/// Which known name a mistyped one may have meant.
enum Nearness {
    static func nearest(to name: String, among names: [String]) -> String? {
        let best = names.map { (name: $0, distance: distance(Array(name.utf8), Array($0.utf8))) }.min {
            $0.distance < $1.distance
        }
        guard let best, best.distance <= max(2, name.utf8.count / 4) else { return nil }
        return best.name
    }

    /// Levenshtein's distance.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = x == y ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[b.count]
    }
}
