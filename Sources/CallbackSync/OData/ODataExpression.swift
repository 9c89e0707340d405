import FoundationEssentials
import Model

/// A `$filter`: comparisons, `and`, `or`, `not`, `contains`, `startswith`, `endswith`, in any number of brackets.
indirect enum ODataExpression: Sendable {
    case compare(String, Comparison, ODataCell)
    case text(String, TextFunction, String)
    case and(ODataExpression, ODataExpression)
    case or(ODataExpression, ODataExpression)
    case not(ODataExpression)

    enum Comparison: String, Sendable { case eq, ne, gt, ge, lt, le }
    enum TextFunction: String, Sendable { case contains, startswith, endswith }

    init(_ text: String, columns: [String]) throws(ODataOptions.Refusal) {
        var parser = ODataExpressionParser(text, columns: columns)
        self = try parser.whole()
    }

    func matches(_ row: [String: ODataCell]) -> Bool {
        switch self {
        case .and(let a, let b): a.matches(row) && b.matches(row)
        case .or(let a, let b): a.matches(row) || b.matches(row)
        case .not(let a): !a.matches(row)
        case .text(let name, let function, let wanted):
            Self.matches(row[name] ?? .null, function, wanted.lowercased())
        case .compare(let name, let comparison, let value): Self.matches(row[name] ?? .null, comparison, value)
        }
    }

    private static func matches(_ cell: ODataCell, _ function: TextFunction, _ wanted: String) -> Bool {
        let text: String
        switch cell {
        case .text(let value): text = value.lowercased()
        case .guid(let id): text = id.lowercase
        default: return false
        }
        switch function {
        case .contains: return wanted.isEmpty || text.contains(wanted)
        case .startswith: return text.hasPrefix(wanted)
        case .endswith: return text.hasSuffix(wanted)
        }
    }

    /// Nothing is greater or less than null.
    private static func matches(_ cell: ODataCell, _ comparison: Comparison, _ value: ODataCell) -> Bool {
        if cell == .null || value == .null {
            switch comparison {
            case .eq: return cell == value
            case .ne: return cell != value
            default: return false
            }
        }
        guard let order = cell.compared(to: value) else { return comparison == .ne }
        switch comparison {
        case .eq: return order == 0
        case .ne: return order != 0
        case .gt: return order > 0
        case .ge: return order >= 0
        case .lt: return order < 0
        case .le: return order <= 0
        }
    }
}

/// Reads a filter, from left to right, one token at a time.
struct ODataExpressionParser {
    private enum Token: Equatable {
        case open, close, comma
        case word(String)
        case string(String)
    }

    private var tokens: [Token] = []
    private var position = 0
    private var depth = 0
    private let columns: [String]
    private let source: String

    private static let deepest = 100

    init(_ text: String, columns: [String]) {
        source = text
        self.columns = columns
    }

    mutating func whole() throws(ODataOptions.Refusal) -> ODataExpression {
        tokens = try Self.tokens(source)
        let expression = try disjunction()
        guard position == tokens.count else { throw refusal }
        return expression
    }

    private var refusal: ODataOptions.Refusal {
        ODataOptions.Refusal(message: "$filter can't be read near token \(position + 1).")
    }

    private mutating func disjunction() throws(ODataOptions.Refusal) -> ODataExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw ODataOptions.Refusal(message: "$filter is nested too deeply.") }
        var left = try conjunction()
        while take(word: "or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(ODataOptions.Refusal) -> ODataExpression {
        var left = try term()
        while take(word: "and") { left = .and(left, try term()) }
        return left
    }

    private mutating func term() throws(ODataOptions.Refusal) -> ODataExpression {
        if take(word: "not") {
            depth += 1
            defer { depth -= 1 }
            guard depth < Self.deepest else { throw ODataOptions.Refusal(message: "$filter is nested too deeply.") }
            return .not(try term())
        }
        if take(.open) {
            let inner = try disjunction()
            guard take(.close) else { throw refusal }
            return inner
        }
        guard case .word(let name)? = next() else { throw refusal }
        if let function = ODataExpression.TextFunction(rawValue: name.lowercased()), take(.open) { return try call(function) }
        let column = try ODataOptions.column(name, columns)
        guard case .word(let word)? = next(), let comparison = ODataExpression.Comparison(rawValue: word.lowercased()) else {
            throw refusal
        }
        return .compare(column, comparison, try literal())
    }

    private mutating func call(_ function: ODataExpression.TextFunction) throws(ODataOptions.Refusal) -> ODataExpression {
        guard case .word(let name)? = next(), take(.comma), case .string(let text)? = next(), take(.close) else { throw refusal }
        // Old clients compare the function's value.
        if take(word: "eq") {
            guard case .word(let flag)? = next() else { throw refusal }
            let expression = ODataExpression.text(try ODataOptions.column(name, columns), function, text)
            return flag.lowercased() == "true" ? expression : .not(expression)
        }
        return .text(try ODataOptions.column(name, columns), function, text)
    }

    private mutating func literal() throws(ODataOptions.Refusal) -> ODataCell {
        switch next() {
        case .string(let text): return .text(text)
        case .word(let word):
            switch word.lowercased() {
            case "null": return .null
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: break
            }
            if let number = Int(word) { return .number(number) }
            if let id = UUID(uuidString: word) { return .guid(id) }
            if let time = Self.time(word) { return .time(time) }
            throw refusal
        default: throw refusal
        }
    }

    private static func time(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }

    // MARK: Tokens

    private mutating func next() -> Token? {
        guard position < tokens.count else { return nil }
        defer { position += 1 }
        return tokens[position]
    }

    private mutating func take(_ token: Token) -> Bool {
        guard position < tokens.count, tokens[position] == token else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard position < tokens.count, case .word(let found) = tokens[position], found.lowercased() == word else { return false }
        position += 1
        return true
    }

    private static func tokens(_ text: String) throws(ODataOptions.Refusal) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case " ", "\t", "\n", "\r": rest.removeFirst()
            case "(":
                tokens.append(.open)
                rest.removeFirst()
            case ")":
                tokens.append(.close)
                rest.removeFirst()
            case ",":
                tokens.append(.comma)
                rest.removeFirst()
            case "'": tokens.append(.string(try string(&rest)))
            default:
                let word = rest.prefix { !" \t\n\r(),'".contains($0) }
                tokens.append(.word(String(word)))
                rest = rest.dropFirst(word.count)
            }
        }
        return tokens
    }

    /// A text in quotes; a quote inside stands twice.
    private static func string(_ rest: inout Substring) throws(ODataOptions.Refusal) -> String {
        var text = ""
        rest.removeFirst()
        while let character = rest.popFirst() {
            if character != "'" {
                text.append(character)
            } else if rest.first == "'" {
                text.append(rest.removeFirst())
            } else {
                return text
            }
        }
        throw ODataOptions.Refusal(message: "A text in $filter is not closed.")
    }
}
