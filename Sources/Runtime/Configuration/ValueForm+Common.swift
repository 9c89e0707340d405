public import FoundationEssentials

extension ValueForm where Value == String {
    /// Any text but the empty one.
    public static var text: ValueForm {
        ValueForm(name: "text") { (raw) throws(ValueProblem) in
            let text = try raw.single()
            guard !text.isEmpty else { throw ValueProblem("is empty", remedy: "give a text or leave the key out") }
            return text
        }
    }

    /// One of a few words.
    public static func choice(_ words: [String]) -> ValueForm {
        let name = words.map { "`\($0)`" }.joined(separator: ", ")
        return ValueForm(name: "one of \(name)") { (raw) throws(ValueProblem) in
            let text = try raw.single().lowercased()
            guard words.contains(text) else { throw ValueProblem("`\(text)` is not known here", remedy: "give one of \(name)") }
            return text
        }
    }

    /// An address that begins with `http://` or `https://`, without a slash at its end.
    public static var url: ValueForm {
        ValueForm(name: "URL") { (raw) throws(ValueProblem) in
            var text = try raw.single()
            let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
            guard let first = rest.first, first != "/", !text.contains(" ") else {
                throw ValueProblem("`\(text)` is no URL", remedy: "give an address that begins with https://")
            }
            while text.hasSuffix("/") { text.removeLast() }
            return text
        }
    }

    /// How libpq is told of a database: a URI or `key=value` words. A password in it is not shown.
    public static var connectionString: ValueForm {
        ValueForm(name: "libpq connection string", show: { ConnectionStringMask.mask($0.text) }) { (raw) throws(ValueProblem) in
            let text = try raw.single()
            guard text.contains("=") || text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else {
                throw ValueProblem(
                    "is no connection string", remedy: "give one like postgresql://user@host/database or host=… dbname=…")
            }
            return text
        }
    }

    /// The path of a file that exists and can be read.
    public static var readableFile: ValueForm {
        ValueForm(name: "readable file") { (raw) throws(ValueProblem) in
            let path = try raw.path()
            _ = try FileText.read(path)
            return path
        }
    }
}

extension ValueForm where Value == Int {
    public static func integer(_ range: ClosedRange<Int>) -> ValueForm {
        let name = "whole number from \(range.lowerBound) to \(range.upperBound)"
        return ValueForm(name: name) { (raw) throws(ValueProblem) in
            let text = try raw.single()
            guard let value = Int(text) else { throw ValueProblem("`\(text)` is no whole number", remedy: "give a \(name)") }
            guard range.contains(value) else { throw ValueProblem("\(value) is out of range", remedy: "give a \(name)") }
            return value
        }
    }
}

extension ValueForm where Value == Double {
    /// A share: from 0 to 1.
    public static var ratio: ValueForm {
        ValueForm(name: "number from 0 to 1") { (raw) throws(ValueProblem) in
            let text = try raw.single()
            guard let value = Double(text), (0...1).contains(value) else {
                throw ValueProblem("`\(text)` is no number from 0 to 1", remedy: "give a share like 0.1, or 1 for all")
            }
            return value
        }
    }
}

extension ValueForm where Value == Bool {
    public static var boolean: ValueForm {
        ValueForm(name: "`true` or `false`") { (raw) throws(ValueProblem) in
            let text = try raw.single()
            switch text.lowercased() {
            case "true", "yes", "on": return true
            case "false", "no", "off": return false
            default: throw ValueProblem("`\(text)` is neither true nor false", remedy: "give `true` or `false`")
            }
        }
    }
}

extension ValueForm where Value == Duration {
    /// A number with its unit: `250ms`, `30s`, `5m`, `12h`, `14d`.
    public static func duration(_ range: ClosedRange<Duration>) -> ValueForm {
        ValueForm(name: "duration like `30s` (units ms, s, m, h, d)") { (raw) throws(ValueProblem) in
            let text = try raw.single()
            guard let value = DurationText.parse(text) else {
                throw ValueProblem("`\(text)` is no duration", remedy: "give a number with its unit: 250ms, 30s, 5m, 12h, 14d")
            }
            guard range.contains(value) else {
                throw ValueProblem(
                    "\(text) is out of range",
                    remedy: "give \(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))")
            }
            return value
        }
    }
}

extension ValueForm where Value == Date {
    /// A day of the calendar, `2027-03-31`: its beginning in UTC.
    public static var day: ValueForm {
        let style = Date.ISO8601FormatStyle().year().month().day()
        return ValueForm(name: "day like `2027-03-31`") { (raw) throws(ValueProblem) in
            let text = try raw.single()
            guard let day = try? style.parse(text), style.format(day) == text else {
                throw ValueProblem("`\(text)` is no day", remedy: "give year, month and day, as 2027-03-31")
            }
            return day
        }
    }
}

extension ValueForm where Value == [String] {
    /// A list of texts: a list in the file, words with commas between them elsewhere.
    public static var texts: ValueForm {
        ValueForm(name: "list of texts") { (raw) throws(ValueProblem) in
            if case .file = raw.origin, raw.texts.count != 1 { return raw.texts }
            return raw.texts.flatMap { $0.split(separator: ",") }.map { String($0.drop { $0 == " " }) }
        }
    }
}
