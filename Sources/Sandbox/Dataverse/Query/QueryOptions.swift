/// The query options of one request, or of one `$expand` item, resolved against a table.
struct QueryOptions {
    /// Columns asked for; nil is all of them.
    var select: [Int]?
    var filter: FilterExpression?
    var order: [(path: ColumnPath, descending: Bool)] = []
    var top: Int?
    var count = false
    var expand: [ExpandItem] = []
    var skipToken: String?
    var deltaToken: String?
    /// As sent, for the next link.
    var raw: [(name: String, value: String)] = []

    struct ExpandItem {
        enum Navigation {
            case single(TableDefinition.SingleNavigation)
            case collection(TableDefinition.CollectionNavigation)
        }

        var name: String
        var navigation: Navigation
        /// Against the target; for a lookup with several targets each row decides.
        var options: QueryOptions?
        var text: [(name: String, value: String)]
    }
}

/// Reads query options.
struct QueryOptionsReader {
    let schema: Schema
    let now: Int64
    let caller: Guid

    func read(_ pairs: [(name: String, value: String)], table: TableDefinition, nested: Bool = false) throws(WebError)
        -> QueryOptions
    {
        var options = QueryOptions()
        options.raw = pairs
        var aliases: [String: String] = [:]
        for (name, value) in pairs where name.hasPrefix("@") { aliases[name] = value }
        for (name, value) in pairs {
            switch name {
            case "$select":
                options.select = try columns(value, of: table)
            case "$filter":
                var parser = try FilterParser(value, table: table, schema: schema, aliases: aliases, now: now, caller: caller)
                options.filter = try parser.parse()
            case "$orderby":
                options.order = try order(value, of: table)
            case "$top":
                guard let top = Int(value), top >= 0 else {
                    throw .url(
                        "Invalid value '\(value)' for $top query option found. "
                            + "The $top query option requires a non-negative integer value.")
                }
                options.top = min(top, 5000)
            case "$count":
                options.count = value == "true"
            case "$expand":
                options.expand = try expansion(value, of: table)
            case "$skiptoken":
                options.skipToken = value
            case "$deltatoken":
                options.deltaToken = value
            case "$apply", "fetchXml", "savedQuery", "userQuery", "sql":
                throw WebError(501, "0x80060888", "The query option '\(name)' is not simulated.")
            default:
                if name.hasPrefix("$"), name != "$levels" || !nested {
                    throw .url("The query parameter \(name) is not supported")
                }
            }
        }
        return options
    }

    private func columns(_ text: String, of table: TableDefinition) throws(WebError) -> [Int]? {
        var columns: [Int] = []
        for part in text.split(separator: ",") {
            let name = part.trimmed
            if name == "*" { return nil }
            guard let column = table.columnsByProperty[name] else {
                if table.singleNavigations[name] != nil { continue }
                throw .unknownProperty(name, of: table)
            }
            if !columns.contains(column) { columns.append(column) }
        }
        return columns
    }

    private func order(_ text: String, of table: TableDefinition) throws(WebError) -> [(path: ColumnPath, descending: Bool)] {
        var parser = try FilterParser(text, table: table, schema: schema)
        var order: [(path: ColumnPath, descending: Bool)] = []
        repeat {
            let path = try parser.parsePath()
            var descending = false
            if parser.accept(word: "desc") { descending = true } else { _ = parser.accept(word: "asc") }
            order.append((path, descending))
        } while parser.accept(",")
        guard parser.isAtEnd else { throw .url("Syntax error in '\(text)'.") }
        return order
    }

    private func expansion(_ text: String, of table: TableDefinition) throws(WebError) -> [QueryOptions.ExpandItem] {
        var items: [QueryOptions.ExpandItem] = []
        for part in Self.split(text, at: ",") {
            var name = part.trimmed
            var inner: [(name: String, value: String)] = []
            if let open = name.firstIndex(of: "("), name.hasSuffix(")") {
                let content = name[name.index(after: open)...].dropLast()
                for option in Self.split(String(content), at: ";") {
                    guard let equals = option.firstIndex(of: "=") else { throw .url("Syntax error in '\(text)'.") }
                    inner.append((option[..<equals].trimmed, String(option[option.index(after: equals)...])))
                }
                name = name[..<open].trimmed
            }
            if name.hasSuffix("/$ref") { name = String(name.dropLast(5)) }
            if let collection = table.collectionNavigations[name] {
                let options = try read(inner, table: schema[collection.table], nested: true)
                items.append(.init(name: name, navigation: .collection(collection), options: options, text: inner))
            } else if let single = table.singleNavigations[name] {
                var options: QueryOptions?
                if let target = single.target { options = try read(inner, table: schema[target], nested: true) }
                items.append(.init(name: name, navigation: .single(single), options: options, text: inner))
            } else {
                throw .unknownProperty(name, of: table)
            }
        }
        return items
    }

    /// Cuts at separators outside parentheses and quotes.
    static func split(_ text: String, at separator: Character) -> [String] {
        var parts: [String] = []
        var current = ""
        var depth = 0
        var quoted = false
        for character in text {
            if character == "'" { quoted.toggle() }
            if !quoted {
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                if character == separator, depth == 0 {
                    parts.append(current)
                    current = ""
                    continue
                }
            }
            current.append(character)
        }
        if !current.trimmed.isEmpty { parts.append(current) }
        return parts
    }
}

extension StringProtocol {
    /// Without blanks around it.
    var trimmed: String {
        var part = self[...]
        while let first = part.first, first.isWhitespace { part = part.dropFirst() }
        while let last = part.last, last.isWhitespace { part = part.dropLast() }
        return String(part)
    }
}
