/// A query function of the namespace `Microsoft.Dynamics.CRM`.
struct QueryFunction {
    let name: String
    let now: Int64
    let caller: Guid

    init(_ name: String, now: Int64, caller: Guid) {
        self.name = name
        self.now = now
        self.caller = caller
    }

    func expression(
        _ path: ColumnPath, _ literals: [FilterLiteral], coerce: (FilterLiteral, ColumnPath) throws(WebError) -> CellValue
    ) throws(WebError) -> FilterExpression {
        switch name {
        case "In", "NotIn":
            var values: [CellValue] = []
            for literal in literals { values.append(try value(literal, path, coerce)) }
            return name == "In" ? .among(path, ValueSet(values)) : .not(.among(path, ValueSet(values)))
        case "Between", "NotBetween":
            guard literals.count == 2 else { throw wrongArguments }
            let between = FilterExpression.between(
                path, try value(literals[0], path, coerce), try value(literals[1], path, coerce))
            return name == "Between" ? between : .not(between)
        case "EqualUserId", "EqualUserOrUserTeams":
            return .compare(path, .equal, .guid(caller))
        case "NotEqualUserId":
            return .compare(path, .notEqual, .guid(caller))
        case "On", "OnOrAfter", "OnOrBefore":
            guard literals.count == 1, case .date(let date) = try value(literals[0], path, coerce) else { throw wrongArguments }
            let day = date - ((date % 86400) + 86400) % 86400
            if name == "OnOrAfter" { return .compare(path, .greaterOrEqual, .date(day)) }
            if name == "OnOrBefore" { return .compare(path, .less, .date(day + 86400)) }
            return dates(path, day, day + 86400)
        default:
            return try relative(path, literals)
        }
    }

    private func relative(_ path: ColumnPath, _ literals: [FilterLiteral]) throws(WebError) -> FilterExpression {
        let today = now - now % 86400
        switch name {
        case "Today": return dates(path, today, today + 86400)
        case "Yesterday": return dates(path, today - 86400, today)
        case "Tomorrow": return dates(path, today + 86400, today + 2 * 86400)
        case "Last7Days": return dates(path, today - 7 * 86400, now)
        default: break
        }
        let units: [(suffix: String, seconds: Int64)] = [
            ("Minutes", 60), ("Hours", 3600), ("Days", 86400), ("Weeks", 7 * 86400), ("Months", 30 * 86400),
            ("Years", 365 * 86400),
        ]
        for (suffix, seconds) in units where name.hasSuffix("X" + suffix) {
            guard let literal = literals.first else { throw wrongArguments }
            let count: Int64
            switch literal {
            case .integer(let value): count = value
            case .string(let text): count = Int64(text) ?? 0
            default: throw wrongArguments
            }
            if name.hasPrefix("LastX") { return dates(path, now - count * seconds, now) }
            if name.hasPrefix("NextX") { return dates(path, now, now + count * seconds) }
            if name.hasPrefix("OlderThanX") { return .compare(path, .less, .date(now - count * seconds)) }
        }
        throw .url("The function 'Microsoft.Dynamics.CRM.\(name)' is not supported here.")
    }

    private func dates(_ path: ColumnPath, _ from: Int64, _ to: Int64) -> FilterExpression {
        .and([.compare(path, .greaterOrEqual, .date(from)), .compare(path, .less, .date(to))])
    }

    /// Values come as strings for every type.
    private func value(
        _ literal: FilterLiteral, _ path: ColumnPath, _ coerce: (FilterLiteral, ColumnPath) throws(WebError) -> CellValue
    ) throws(WebError) -> CellValue {
        guard case .string(let text) = literal else { return try coerce(literal, path) }
        switch path.kind {
        case .integer, .bigInteger, .choice, .state, .status, .rowVersion:
            guard let value = Int64(text) else { throw wrongArguments }
            return .integer(value)
        case .number:
            guard let value = Double(text) else { throw wrongArguments }
            return .number(value)
        case .boolean:
            return .bool(text == "true" || text == "1")
        case .dateTime, .dateOnly:
            guard let value = DateText.parse(text) else { throw wrongArguments }
            return .date(value)
        default:
            return try coerce(literal, path)
        }
    }

    private var wrongArguments: WebError {
        .url("The arguments of 'Microsoft.Dynamics.CRM.\(name)' do not fit the column.")
    }
}
