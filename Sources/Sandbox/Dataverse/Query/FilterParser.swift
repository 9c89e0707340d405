/// Reads a `$filter` against a table.
struct FilterParser {
    let schema: Schema
    let aliases: [String: String]
    let now: Int64
    let caller: Guid
    private let text: String
    private var tokens: [FilterToken]
    private var position = 0
    /// The table paths start at, and the range variable they start with inside a lambda.
    private var scope: [(table: TableDefinition, variable: String?)]

    init(
        _ text: String, table: TableDefinition, schema: Schema, aliases: [String: String] = [:], now: Int64 = 0,
        caller: Guid = Guid(high: 0, low: 0)
    ) throws(WebError) {
        self.schema = schema
        self.aliases = aliases
        self.now = now
        self.caller = caller
        self.text = text
        tokens = try FilterLexer.tokens(text)
        scope = [(table, nil)]
    }

    mutating func parse() throws(WebError) -> FilterExpression {
        let expression = try disjunction()
        guard peek == .end else { throw syntaxError() }
        return expression
    }

    /// A path as `$orderby` has it.
    mutating func parsePath() throws(WebError) -> ColumnPath {
        try path(startingWith: try name())
    }

    var isAtEnd: Bool { peek == .end }

    // MARK: Tokens

    private var peek: FilterToken { tokens[position] }

    private mutating func advance() -> FilterToken {
        let token = tokens[position]
        if position < tokens.count - 1 { position += 1 }
        return token
    }

    mutating func accept(word: String) -> Bool {
        guard peek.isWord(word) else { return false }
        _ = advance()
        return true
    }

    mutating func accept(_ symbol: Character) -> Bool {
        guard peek.isSymbol(symbol) else { return false }
        _ = advance()
        return true
    }

    private mutating func expect(_ symbol: Character) throws(WebError) {
        guard accept(symbol) else { throw syntaxError() }
    }

    private mutating func name() throws(WebError) -> String {
        guard case .name(let name) = advance() else { throw syntaxError() }
        return name
    }

    private func syntaxError() -> WebError {
        .url("Syntax error in '\(text)'.")
    }

    // MARK: Logic

    private mutating func disjunction() throws(WebError) -> FilterExpression {
        var terms = [try conjunction()]
        while accept(word: "or") { terms.append(try conjunction()) }
        return terms.count == 1 ? terms[0] : .or(terms)
    }

    private mutating func conjunction() throws(WebError) -> FilterExpression {
        var terms = [try negation()]
        while accept(word: "and") { terms.append(try negation()) }
        return terms.count == 1 ? terms[0] : .and(terms)
    }

    private mutating func negation() throws(WebError) -> FilterExpression {
        if accept(word: "not") { return .not(try negation()) }
        if accept("(") {
            let inner = try disjunction()
            try expect(")")
            return try comparedWithBool(inner)
        }
        return try term()
    }

    /// `contains(a,'b') eq true`, as some clients write it.
    private mutating func comparedWithBool(_ expression: FilterExpression) throws(WebError) -> FilterExpression {
        guard peek.isWord("eq") || peek.isWord("ne") else { return expression }
        let negated = peek.isWord("ne")
        _ = advance()
        guard case .name(let word) = advance(), word == "true" || word == "false" else { throw syntaxError() }
        return (word == "true") == negated ? .not(expression) : expression
    }

    private mutating func term() throws(WebError) -> FilterExpression {
        if case .name(let first) = peek, first != "null", first != "true", first != "false", !first.hasPrefix("@") {
            _ = advance()
            if peek.isSymbol("(") { return try comparedWithBool(try function(first)) }
            if let lambda = try lambda(startingWith: first) { return lambda }
            let left = try path(startingWith: first)
            return try comparison(left)
        }
        let value = try literal()
        let operation = try comparisonOperator()
        let right = try path(startingWith: try name())
        return .compare(right, operation.mirrored, try coerce(value, to: right, operation.comparison))
    }

    private mutating func comparison(_ left: ColumnPath) throws(WebError) -> FilterExpression {
        guard case .name = peek, !peek.isWord("and"), !peek.isWord("or") else {
            guard case .boolean = left.kind else { throw syntaxError() }
            return .compare(left, .equal, .bool(true))
        }
        let operation = try comparisonOperator()
        if case .name(let word) = peek, word != "null", word != "true", word != "false", !word.hasPrefix("@") {
            _ = advance()
            return .columns(left, operation.comparison, try path(startingWith: word))
        }
        return .compare(left, operation.comparison, try coerce(try literal(), to: left, operation.comparison))
    }

    private mutating func comparisonOperator() throws(WebError) -> (comparison: Comparison, mirrored: Comparison) {
        switch try name() {
        case "eq": return (.equal, .equal)
        case "ne": return (.notEqual, .notEqual)
        case "gt": return (.greater, .less)
        case "ge": return (.greaterOrEqual, .lessOrEqual)
        case "lt": return (.less, .greater)
        case "le": return (.lessOrEqual, .greaterOrEqual)
        default: throw syntaxError()
        }
    }

    // MARK: Paths

    private mutating func path(startingWith first: String) throws(WebError) -> ColumnPath {
        var table = scope[scope.count - 1].table
        var segment = first
        if let variable = scope[scope.count - 1].variable {
            guard first == variable, accept("/") else { throw .unknownProperty(first, of: table) }
            segment = try name()
        }
        var hops: [ColumnPath.Hop] = []
        while peek.isSymbol("/") {
            guard let navigation = table.singleNavigations[segment] else { throw .unknownProperty(segment, of: table) }
            _ = advance()
            let next = try name()
            let target: TableIndex
            if let only = navigation.target {
                target = only
            } else {
                target = try polymorphicTarget(of: table, navigation, property: next)
            }
            hops.append(.init(column: navigation.column, target: target))
            table = schema[target]
            segment = next
        }
        guard let column = table.columnsByProperty[segment] else { throw .unknownProperty(segment, of: table) }
        if let last = hops.last, column == 0 {
            // The key of a related row is what the lookup holds.
            hops.removeLast()
            return ColumnPath(hops: hops, column: last.column, kind: .guid)
        }
        return ColumnPath(hops: hops, column: column, kind: table.columns[column].kind)
    }

    private func polymorphicTarget(
        of table: TableDefinition, _ navigation: TableDefinition.SingleNavigation, property: String
    ) throws(WebError) -> TableIndex {
        guard case .lookup(let targets) = table.columns[navigation.column].kind else { throw syntaxError() }
        for target in targets {
            if let definition = schema.byLogicalName[target], definition.columnsByProperty[property] != nil {
                return definition.index
            }
        }
        throw .unknownProperty(property, of: table)
    }

    /// `collection/any(x:…)`; nil when the name is no collection.
    private mutating func lambda(startingWith first: String) throws(WebError) -> FilterExpression? {
        var collection = first
        let mark = position
        if let variable = scope[scope.count - 1].variable {
            guard first == variable, accept("/"), case .name(let next) = peek else {
                position = mark
                return nil
            }
            _ = advance()
            collection = next
        }
        guard let navigation = scope[scope.count - 1].table.collectionNavigations[collection], accept("/") else {
            position = mark
            return nil
        }
        let quantifier = try name()
        guard quantifier == "any" || quantifier == "all" else { throw syntaxError() }
        try expect("(")
        if quantifier == "any", accept(")") { return .any(navigation, nil) }
        let variable = try name()
        try expect(":")
        scope.append((schema[navigation.table], variable))
        let body = try disjunction()
        scope.removeLast()
        try expect(")")
        return quantifier == "any" ? .any(navigation, body) : .all(navigation, body)
    }

    // MARK: Functions

    private mutating func function(_ name: String) throws(WebError) -> FilterExpression {
        try expect("(")
        let kind: TextPattern.Kind
        switch name {
        case "contains": kind = .contains
        case "startswith": kind = .startsWith
        case "endswith": kind = .endsWith
        default:
            let prefix = "Microsoft.Dynamics.CRM."
            guard name.hasPrefix(prefix) else {
                throw .url(
                    "An unknown function with name '\(name)' was found. This may also be a function import or a key lookup.")
            }
            return try queryFunction(String(name.dropFirst(prefix.count)))
        }
        let path = try path(startingWith: try self.name())
        try expect(",")
        guard case .string(let text) = try literal() else { throw syntaxError() }
        try expect(")")
        return .text(path, TextPattern(kind, text))
    }

    private mutating func queryFunction(_ function: String) throws(WebError) -> FilterExpression {
        var path: ColumnPath?
        var values: [FilterLiteral] = []
        while !accept(")") {
            let parameter = try name()
            try expect("=")
            if parameter == "PropertyName" {
                guard case .string(let property) = try literal() else { throw syntaxError() }
                path = try propertyNamed(property)
            } else if accept("[") {
                while !accept("]") {
                    values.append(try literal())
                    _ = accept(",")
                }
            } else {
                values.append(try literal())
            }
            _ = accept(",")
        }
        guard let path else { throw syntaxError() }
        return try QueryFunction(function, now: now, caller: caller).expression(path, values, coerce: coerceValue)
    }

    private func propertyNamed(_ property: String) throws(WebError) -> ColumnPath {
        let table = scope[scope.count - 1].table
        guard let column = table.columnsByProperty[property] else { throw .unknownProperty(property, of: table) }
        return ColumnPath(column: column, kind: table.columns[column].kind)
    }

    // MARK: Literals

    private mutating func literal() throws(WebError) -> FilterLiteral {
        switch advance() {
        case .string(let value): return .string(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .guid(let value): return .guid(value)
        case .date(let value): return .date(value)
        case .name("null"): return .null
        case .name("true"): return .bool(true)
        case .name("false"): return .bool(false)
        case .name(let name) where name.hasPrefix("@"):
            guard let alias = aliases[name] else { throw .url("Could not find a parameter alias '\(name)'.") }
            var inner = try FilterParser(alias, table: scope[0].table, schema: schema)
            let value = try inner.literal()
            guard inner.isAtEnd else { throw syntaxError() }
            return value
        default: throw syntaxError()
        }
    }

    private func coerce(_ literal: FilterLiteral, to path: ColumnPath, _ comparison: Comparison) throws(WebError) -> CellValue {
        try literal.coerced(to: path.kind, comparison: comparison)
    }

    private func coerceValue(_ literal: FilterLiteral, _ path: ColumnPath) throws(WebError) -> CellValue {
        try literal.coerced(to: path.kind, comparison: .equal)
    }
}
