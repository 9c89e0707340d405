/// A `$filter` over metadata: comparisons of members, enum members with their namespace, managed properties by `/Value`.
struct MetadataFilter {
    private indirect enum Term {
        case and([Term])
        case or([Term])
        case not(Term)
        case compare([String], Comparison, FilterLiteral)
        case text(TextPattern, [String])
    }

    private let text: String
    private var tokens: [FilterToken]
    private var position = 0
    private var root: Term?

    init(_ text: String) throws(WebError) {
        self.text = text
        tokens = try FilterLexer.tokens(text)
        root = try disjunction()
        guard peek == .end else { throw syntax }
    }

    /// Throws for members the object does not have.
    func matches(_ object: JSONObject) throws(WebError) -> Bool {
        try root.map { term throws(WebError) in try matches(term, object) } ?? true
    }

    private func matches(_ term: Term, _ object: JSONObject) throws(WebError) -> Bool {
        switch term {
        case .and(let terms):
            for term in terms where try !matches(term, object) { return false }
            return true
        case .or(let terms):
            for term in terms where try matches(term, object) { return true }
            return false
        case .not(let term):
            return try !matches(term, object)
        case .compare(let path, let comparison, let literal):
            return try compare(value(path, object), comparison, literal)
        case .text(let pattern, let path):
            return try value(path, object).string.map { pattern.matches($0) } ?? false
        }
    }

    private func value(_ path: [String], _ object: JSONObject) throws(WebError) -> JSON {
        var value = JSON.object(object)
        for name in path {
            guard case .object(let inner) = value, let next = inner[name] else {
                throw .url("Could not find a property named '\(name)' on type 'Microsoft.Dynamics.CRM.MetadataBase'.")
            }
            value = next
        }
        if case .object = value {
            throw .url(
                "A value of type 'Edm.ComplexType' can't be compared: name the property '\(path.joined(separator: "/"))/Value'.")
        }
        return value
    }

    private func compare(_ json: JSON, _ comparison: Comparison, _ literal: FilterLiteral) -> Bool {
        let left: CellValue
        switch json {
        case .null: left = .null
        case .bool(let value): left = .bool(value)
        case .integer(let value): left = .integer(value)
        case .number(let value): left = .number(value)
        case .string(let value): left = .text(value)
        case .array, .object: return false
        }
        let right: CellValue
        switch literal {
        case .null: right = .null
        case .bool(let value): right = .bool(value)
        case .string(let value): right = .text(Folding.fold(value))
        case .integer(let value): right = .integer(value)
        case .number(let value): right = .number(value)
        case .guid(let value): right = .text(value.description)
        case .date(let value): right = .date(value)
        }
        return FilterEvaluation.compare(left, comparison, right)
    }

    // MARK: Reading

    private var peek: FilterToken { tokens[position] }
    private var syntax: WebError { .url("Syntax error in '\(text)'.") }

    private mutating func advance() -> FilterToken {
        defer { if position < tokens.count - 1 { position += 1 } }
        return tokens[position]
    }

    private mutating func accept(word: String) -> Bool {
        guard peek.isWord(word) else { return false }
        _ = advance()
        return true
    }

    private mutating func accept(_ symbol: Character) -> Bool {
        guard peek.isSymbol(symbol) else { return false }
        _ = advance()
        return true
    }

    private mutating func disjunction() throws(WebError) -> Term {
        var terms = [try conjunction()]
        while accept(word: "or") { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : .or(terms)
    }

    private mutating func conjunction() throws(WebError) -> Term {
        var terms = [try factor()]
        while accept(word: "and") { terms.append(try factor()) }
        return terms.count == 1 ? terms[0] : .and(terms)
    }

    private mutating func factor() throws(WebError) -> Term {
        if accept(word: "not") { return .not(try factor()) }
        if accept("(") {
            let term = try disjunction()
            guard accept(")") else { throw syntax }
            return term
        }
        guard case .name(let name) = advance() else { throw syntax }
        let kinds: [String: TextPattern.Kind] = ["contains": .contains, "startswith": .startsWith, "endswith": .endsWith]
        if let kind = kinds[name], accept("(") {
            guard case .name(let member) = advance() else { throw syntax }
            let path = try rest(of: member)
            guard accept(","), case .string(let part) = advance(), accept(")") else { throw syntax }
            return .text(TextPattern(kind, part), path)
        }
        let path = try rest(of: name)
        guard case .name(let word) = advance(), let comparison = Comparison(word) else { throw syntax }
        return .compare(path, comparison, try literal())
    }

    private mutating func rest(of first: String) throws(WebError) -> [String] {
        var path = [first]
        while accept("/") {
            guard case .name(let next) = advance() else { throw syntax }
            path.append(next)
        }
        return path
    }

    private mutating func literal() throws(WebError) -> FilterLiteral {
        switch advance() {
        case .string(let value): return .string(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .guid(let value): return .guid(value)
        case .date(let value): return .date(value)
        case .name("true"): return .bool(true)
        case .name("false"): return .bool(false)
        case .name("null"): return .null
        case .name(let name) where name.hasPrefix("Microsoft.Dynamics.CRM."):
            guard case .string(let member) = advance() else { throw syntax }
            return .string(member)
        default: throw syntax
        }
    }
}

extension Comparison {
    /// By the word of a `$filter`.
    init?(_ word: String) {
        switch word {
        case "eq": self = .equal
        case "ne": self = .notEqual
        case "gt": self = .greater
        case "ge": self = .greaterOrEqual
        case "lt": self = .less
        case "le": self = .lessOrEqual
        default: return nil
        }
    }
}
