import Operations
import Routing

/// A CSV file of numbers (RFC 4180; commas or semicolons).
struct NumberFile {
    struct Row: Sendable, Equatable {
        var number: String
        var kind: String?
        var owner: String?
        var queue: String?
        var segment: String?
        var language: String?
        var blocked = false
        var openCase = false
        var openCallback = false
    }

    /// The table's columns, in the order of the rows' members.
    static let columns = [
        "tenant_id", "number", "kind", "owner_number", "queue_number", "segment", "language", "blocked", "open_case",
        "open_callback",
    ]

    private(set) var rows: [Row] = []

    /// - Throws: `OperatorError` with file, line and reason.
    init(_ text: String, file: String) throws {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().makeIterator()
        guard let (_, head) = lines.next() else { throw OperatorError.failed("\(file):1: the file is empty") }
        let separator: Character = head.contains(";") ? ";" : ","
        let names = Self.fields(head, separator).map { $0.lowercased() }
        for name in names where !Self.columns.dropFirst().contains(name) {
            throw OperatorError.failed("\(file):1: there is no column `\(name)`")
        }
        guard names.contains("number") else { throw OperatorError.failed("\(file):1: the column `number` is missing") }
        var seen: [String: Int] = [:]
        while let (index, line) = lines.next() {
            if line.allSatisfy(\.isWhitespace) { continue }
            let values = Self.fields(line, separator)
            let place = "\(file):\(index + 1)"
            guard values.count == names.count else {
                throw OperatorError.failed("\(place): \(values.count) values under \(names.count) names")
            }
            let row = try Self.row(Dictionary(zip(names, values)) { first, _ in first }, place)
            if let other = seen.updateValue(index + 1, forKey: row.number) {
                throw OperatorError.failed("\(place): \(row.number) stands in line \(other), too")
            }
            rows.append(row)
        }
    }

    private static func row(_ values: [String: String], _ place: String) throws -> Row {
        func text(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
        func number(_ name: String) throws -> String? {
            guard let text = text(name) else { return nil }
            guard E164(text) != nil else { throw OperatorError.failed("\(place): `\(text)` is no number in E.164") }
            return text
        }
        func flag(_ name: String) throws -> Bool {
            switch text(name)?.lowercased() {
            case nil, "false", "no", "0": return false
            case "true", "yes", "1": return true
            case let other?: throw OperatorError.failed("\(place): `\(other)` is neither true nor false")
            }
        }
        guard let own = try number("number") else { throw OperatorError.failed("\(place): the number is missing") }
        if let kind = text("kind"), !["contact", "account", "lead"].contains(kind) {
            throw OperatorError.failed("\(place): there is no kind `\(kind)`")
        }
        return Row(
            number: own, kind: text("kind"), owner: try number("owner_number"), queue: try number("queue_number"),
            segment: text("segment"),
            language: text("language"), blocked: try flag("blocked"), openCase: try flag("open_case"),
            openCallback: try flag("open_callback"))
    }

    private static func fields(_ line: Substring, _ separator: Character) -> [String] {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var rest = line[...]
        while let letter = rest.popFirst() {
            if isQuoted {
                if letter == "\"" {
                    if rest.first == "\"" { field.append(rest.removeFirst()) } else { isQuoted = false }
                } else {
                    field.append(letter)
                }
            } else if letter == "\"" && field.isEmpty {
                isQuoted = true
            } else if letter == separator {
                fields.append(field)
                field = ""
            } else {
                field.append(letter)
            }
        }
        return (fields + [field]).map { $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ") }
    }
}
