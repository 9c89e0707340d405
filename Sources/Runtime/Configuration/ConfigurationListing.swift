extension ProgramConfiguration {
    /// Every setting with its value and where it comes from, secrets masked: what `config show` prints.
    public func listing() -> String {
        var lines: [(name: String, value: String, origin: String)] = []
        for key in schema.keys { lines.append(line(key)) }
        for list in schema.lists {
            for element in elements(of: list.name) {
                for key in list.keys where (try? element.find(key)) ?? nil != nil { lines.append(element.line(key)) }
                for map in list.maps {
                    for (name, texts) in element.map(map).sorted(by: { $0.key < $1.key }) {
                        lines.append((element.fullName("\(map).\(name)"), texts.joined(separator: ", "), file?.path ?? ""))
                    }
                }
            }
        }
        let width = lines.map(\.name.count).max() ?? 0
        return lines.map { "\($0.name.padded(to: width))  \($0.value)  # \($0.origin)\n" }.joined()
    }

    private func line(_ key: any DeclaredKey) -> (String, String, String) {
        guard let found = (try? find(key)) ?? nil else { return (fullName(key.name), "-", "not set") }
        let value = found.isFileOfSecret ? "*** in \((try? found.raw.path()) ?? "")" : key.show(found.raw)
        return (fullName(key.name), value, found.raw.origin.description)
    }
}

extension ConfigurationSchema {
    /// Every key with its form, default, and purpose, as a Markdown table: what `config keys` prints and the documentation shows.
    public func table() -> String {
        var text = "| Key | Form | Default | What it is |\n| --- | --- | --- | --- |\n"
        for key in keys { text += Self.row(key, prefix: "") }
        for list in lists {
            for key in list.keys { text += Self.row(key, prefix: "\(list.name)[].") }
            for map in list.maps {
                text += "| `\(list.name)[].\(map)` | names | – | Replaces names of the vendor's interface, see below. |\n"
            }
        }
        return text
    }

    private static func row(_ key: any DeclaredKey, prefix: String) -> String {
        let standard = key.standard.map { "`\($0)`" } ?? (key.isRequired ? "required" : "–")
        let name = key.isSecret ? "`\(prefix)\(key.name)_file`" : "`\(prefix)\(key.name)`"
        return "| \(name) | \(key.isSecret ? "file with the secret" : key.formName) | \(standard) | \(key.purpose) |\n"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
