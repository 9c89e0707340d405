import Foundation

/// Reads a filter, from left to right, one token at a time.
///
/// What OData knows and this service does not do is refused as such; what is no filter at all as unreadable.
struct ODataExpressionParser {
    private var tokens: [ODataToken] = []
    private var position = 0
    private var depth = 0
    private let columns: [String]
    private let source: String

    private static let deepest = 100

    /// Functions and operators of OData 4.01 that are not done here.
    private static let undone: Set = [
        "length", "indexof", "substring", "trim", "concat", "matchespattern", "year", "month", "day", "hour", "minute", "second",
        "fractionalseconds", "totalseconds", "totaloffsetminutes", "date", "time", "now", "mindatetime", "maxdatetime", "round",
        "floor", "ceiling", "cast", "isof", "hassubset", "hassubsequence", "case", "substringof",
    ]
    private static let undoneOperators: Set = ["has", "add", "sub", "mul", "div", "divby", "mod"]

    init(_ text: String, columns: [String]) {
        source = text
        self.columns = columns
    }

    mutating func whole() throws(ODataOptions.Refusal) -> ODataExpression {
        tokens = try ODataToken.tokens(source)
        let expression = try disjunction()
        guard position == tokens.count else { throw refusal }
        return expression
    }

    private var refusal: ODataOptions.Refusal {
        ODataOptions.Refusal(message: "$filter can't be read near token \(position + 1).")
    }

    private static func unsupported(_ what: String) -> ODataOptions.Refusal {
        ODataOptions.Refusal(message: "\(what) is not offered in $filter by this service.", isUnsupported: true)
    }

    private mutating func disjunction() throws(ODataOptions.Refusal) -> ODataExpression {
        try descend()
        defer { depth -= 1 }
        var left = try conjunction()
        while take(word: "or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func descend() throws(ODataOptions.Refusal) {
        guard depth + 1 < Self.deepest else { throw ODataOptions.Refusal(message: "$filter is nested too deeply.") }
        depth += 1
    }

    private mutating func conjunction() throws(ODataOptions.Refusal) -> ODataExpression {
        var left = try term()
        while take(word: "and") { left = .and(left, try term()) }
        return left
    }

    private mutating func term() throws(ODataOptions.Refusal) -> ODataExpression {
        if take(word: "not") {
            try descend()
            defer { depth -= 1 }
            return .not(try term())
        }
        if take(.open) {
            let inner = try disjunction()
            guard take(.close) else { throw refusal }
            return try compared(inner)
        }
        if case .word(let name)? = peek, let function = ODataExpression.TextFunction(rawValue: name.lowercased()) {
            position += 1
            return try compared(try call(function))
        }
        let left = try operand()
        if take(word: "in") { return .among(left, try values()) }
        guard let comparison = try comparison() else { return .holds(try truth(left)) }
        if case .word(let name)? = peek, let function = ODataExpression.TextFunction(rawValue: name.lowercased()) {
            position += 1
            return try compared(try call(function), comparison, to: left)
        }
        return .compare(left, comparison, try operand())
    }

    /// The comparison that follows; nil when none does.
    private mutating func comparison() throws(ODataOptions.Refusal) -> ODataExpression.Comparison? {
        guard case .word(let word)? = peek else { return nil }
        if Self.undoneOperators.contains(word.lowercased()) { throw Self.unsupported(word) }
        guard let comparison = ODataExpression.Comparison(rawValue: word.lowercased()) else { return nil }
        position += 1
        return comparison
    }

    /// What is true or false by itself may be compared with one of the two.
    private mutating func compared(_ inner: ODataExpression) throws(ODataOptions.Refusal) -> ODataExpression {
        guard let comparison = try comparison() else { return inner }
        return try compared(inner, comparison, to: try operand())
    }

    private func compared(
        _ inner: ODataExpression, _ comparison: ODataExpression.Comparison, to operand: ODataExpression.Operand
    ) throws(ODataOptions.Refusal) -> ODataExpression {
        guard case .literal(.bool(let flag)) = operand, comparison == .eq || comparison == .ne else {
            throw Self.unsupported("Comparing a condition with something else than true or false")
        }
        return flag == (comparison == .eq) ? inner : .not(inner)
    }

    /// An operand that stands alone has to be a condition.
    private func truth(_ operand: ODataExpression.Operand) throws(ODataOptions.Refusal) -> ODataExpression.Operand {
        switch operand {
        case .column(let name) where CallbackListSet.conditions.contains(name): return operand
        case .literal(.bool): return operand
        default: throw refusal
        }
    }

    private mutating func call(_ function: ODataExpression.TextFunction) throws(ODataOptions.Refusal) -> ODataExpression {
        guard take(.open) else { throw refusal }
        let whole = try operand()
        guard take(.comma) else { throw refusal }
        let part = try operand()
        guard take(.close) else { throw refusal }
        return .text(function, whole, part)
    }

    /// `('a', 'b')`
    private mutating func values() throws(ODataOptions.Refusal) -> [ODataCell] {
        guard take(.open) else { throw refusal }
        var cells: [ODataCell] = []
        repeat {
            guard case .literal(let cell) = try operand() else { throw Self.unsupported("A column among the values of in") }
            cells.append(cell)
        } while take(.comma)
        guard take(.close) else { throw refusal }
        return cells
    }

    private mutating func operand() throws(ODataOptions.Refusal) -> ODataExpression.Operand {
        switch peek {
        case .string(let text)?:
            position += 1
            return .literal(.text(text))
        case .word(let word)?:
            position += 1
            if take(.open) { return try changed(word) }
            if let cell = ODataCell(literal: word) { return .literal(cell) }
            return .column(try ODataOptions.column(word, columns))
        default: throw refusal
        }
    }

    /// What follows the bracket after a function's name.
    private mutating func changed(_ name: String) throws(ODataOptions.Refusal) -> ODataExpression.Operand {
        guard let function = ODataExpression.CaseFunction(rawValue: name.lowercased()) else {
            let last = name.split(separator: "/").last.map { $0.lowercased() } ?? ""
            if Self.undone.contains(name.lowercased()) || ["any", "all"].contains(last) { throw Self.unsupported(name) }
            throw refusal
        }
        try descend()
        defer { depth -= 1 }
        let inner = try operand()
        guard take(.close) else { throw refusal }
        return .changed(function, inner)
    }

    // MARK: Tokens

    private var peek: ODataToken? { position < tokens.count ? tokens[position] : nil }

    private mutating func take(_ token: ODataToken) -> Bool {
        guard peek == token else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard case .word(let found)? = peek, found.lowercased() == word else { return false }
        position += 1
        return true
    }
}

extension ODataCell {
    /// A literal without quotes; nil: it is none.
    fileprivate init?(literal word: String) {
        switch word.lowercased() {
        case "null": self = .null
        case "true": self = .bool(true)
        case "false": self = .bool(false)
        default:
            if let number = Int(word) {
                self = .number(number)
            } else if let id = UUID(uuidString: word) {
                self = .guid(id)
            } else if let time = Self.time(word) {
                self = .time(time)
            } else if word.allSatisfy({ "0123456789.+-eE".contains($0) }), let number = Double(word), number.isFinite {
                self = .decimal(number)
            } else {
                return nil
            }
        }
    }

    private static func time(_ text: String) -> Date? {
        (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}

/// A piece of a filter.
enum ODataToken: Equatable {
    case open, close, comma
    case word(String)
    case string(String)

    static func tokens(_ text: String) throws(ODataOptions.Refusal) -> [ODataToken] {
        var tokens: [ODataToken] = []
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
