/// The order of `$orderby`; rows that are equal in it stay in the order of creation.
struct RowOrder {
    private let order: [(path: ColumnPath, descending: Bool)]
    private let evaluation: FilterEvaluation
    private let table: TableStore

    init(_ order: [(path: ColumnPath, descending: Bool)], evaluation: FilterEvaluation, table: TableStore) {
        self.order = order
        self.evaluation = evaluation
        self.table = table
    }

    func sorted(_ rows: [StoredRow]) -> [StoredRow] {
        if order.isEmpty { return rows }
        var keyed = rows.enumerated().map { place, row in
            (place: place, row: row, keys: order.map { evaluation.value($0.path, row, in: table) })
        }
        keyed.sort { a, b in
            for (index, item) in order.enumerated() {
                let sign = FilterEvaluation.order(a.keys[index], b.keys[index]) ?? 0
                if sign != 0 { return (sign < 0) != item.descending }
            }
            return a.place < b.place
        }
        return keyed.map(\.row)
    }
}
