/// Judges rows by a filter, and finds the few rows worth judging.
struct FilterEvaluation {
    let store: Store

    func matches(_ expression: FilterExpression, _ row: StoredRow, in table: TableStore) -> Bool {
        switch expression {
        case .constant(let value):
            return value
        case .and(let terms):
            for term in terms where !matches(term, row, in: table) { return false }
            return true
        case .or(let terms):
            for term in terms where matches(term, row, in: table) { return true }
            return false
        case .not(let term):
            return !matches(term, row, in: table)
        case .compare(let path, let comparison, let literal):
            return FilterEvaluation.compare(value(path, row, in: table), comparison, literal)
        case .columns(let left, let comparison, let right):
            return FilterEvaluation.compare(value(left, row, in: table), comparison, folded(value(right, row, in: table)))
        case .text(let path, let pattern):
            guard case .text(let text) = value(path, row, in: table) else { return false }
            return pattern.matches(text)
        case .among(let path, let values):
            return values.contains(value(path, row, in: table))
        case .between(let path, let low, let high):
            let value = value(path, row, in: table)
            return FilterEvaluation.compare(value, .greaterOrEqual, low) && FilterEvaluation.compare(value, .lessOrEqual, high)
        case .any(let navigation, let body):
            return children(navigation, of: row).contains { child in
                body.map { matches($0, child, in: store[navigation.table]) } ?? true
            }
        case .all(let navigation, let body):
            return children(navigation, of: row).allSatisfy { matches(body, $0, in: store[navigation.table]) }
        }
    }

    func children(_ navigation: TableDefinition.CollectionNavigation, of row: StoredRow) -> [StoredRow] {
        let child = store[navigation.table]
        if child.isIndexed(navigation.column) {
            return child.slots(column: navigation.column, row.id).sorted().compactMap { child.row(at: $0) }
        }
        return child.rows.filter { $0[navigation.column].guid == row.id }
    }

    func value(_ path: ColumnPath, _ row: StoredRow, in table: TableStore) -> CellValue {
        var row = row
        var table = table
        for hop in path.hops {
            guard let reference = row[hop.column].reference, reference.table == hop.target,
                let next = store[reference.table].row(reference.id)
            else { return .null }
            row = next
            table = store[reference.table]
        }
        return table.definition.value(path.column, of: row)
    }

    private func folded(_ value: CellValue) -> CellValue {
        if case .text(let text) = value { .text(Folding.fold(text)) } else { value }
    }

    /// As the database does: nothing but `eq null` finds null, and `ne` finds it too unless it asks for null.
    static func compare(_ value: CellValue, _ comparison: Comparison, _ literal: CellValue) -> Bool {
        if value.isNull || literal.isNull {
            switch comparison {
            case .equal: return value.isNull && literal.isNull
            case .notEqual: return value.isNull != literal.isNull
            default: return false
            }
        }
        if case .text(let text) = value, case .text(let other) = literal {
            if comparison == .equal { return Folding.equals(text, folded: other) }
            if comparison == .notEqual { return !Folding.equals(text, folded: other) }
        }
        guard let order = order(value, literal) else { return comparison == .notEqual }
        return comparison.holds(order)
    }

    /// Null comes first. Nil when the types cannot be compared.
    static func order(_ a: CellValue, _ b: CellValue) -> Int? {
        switch (a, b) {
        case (.null, .null): return 0
        case (.null, _): return -1
        case (_, .null): return 1
        case (.integer(let x), .integer(let y)), (.date(let x), .date(let y)): return x < y ? -1 : x > y ? 1 : 0
        case (.number(let x), .number(let y)): return x < y ? -1 : x > y ? 1 : 0
        case (.integer(let x), .number(let y)): return Double(x) < y ? -1 : Double(x) > y ? 1 : 0
        case (.number(let x), .integer(let y)): return x < Double(y) ? -1 : x > Double(y) ? 1 : 0
        case (.bool(let x), .bool(let y)): return x == y ? 0 : y ? -1 : 1
        case (.text(let x), .text(let y)): return Folding.compare(x, y)
        default:
            guard let x = a.guid, let y = b.guid else { return nil }
            return x == y ? 0 : x < y ? -1 : 1
        }
    }

    // MARK: Candidates

    /// Places of the rows that can match, from indexes; nil when only a scan tells.
    func candidates(_ expression: FilterExpression, in table: TableStore) -> [Int32]? {
        switch expression {
        case .compare(let path, .equal, let literal) where path.hops.isEmpty && !literal.isNull:
            return slots(path.column, [literal], in: table)
        case .among(let path, let values) where path.hops.isEmpty:
            return slots(path.column, values.values, in: table)
        case .and(let terms):
            return terms.compactMap { candidates($0, in: table) }.min { $0.count < $1.count }
        case .or(let terms):
            var all: Set<Int32> = []
            for term in terms {
                guard let some = candidates(term, in: table) else { return nil }
                all.formUnion(some)
            }
            return Array(all)
        default:
            return nil
        }
    }

    private func slots(_ column: Int, _ values: [CellValue], in table: TableStore) -> [Int32]? {
        guard table.isIndexed(column) else { return nil }
        var slots: [Int32] = []
        for value in values {
            if case .text(let text) = value {
                slots += table.slots(column: column, folded: text)
            } else if let guid = value.guid {
                slots += table.slots(column: column, guid)
            } else {
                return nil
            }
        }
        return values.count > 1 ? Array(Set(slots)) : slots
    }
}

extension TableDefinition {
    /// What a column of a row shows, the computed ones as well.
    func value(_ column: Int, of row: StoredRow) -> CellValue {
        switch columns[column].kind {
        case .key: .guid(row.id)
        case .rowVersion: .integer(row.version)
        case .logicalName: .text(logicalName)
        default: row[column]
        }
    }
}
