/// An alternate key. Its index is built behind the request that made it; until it is active the key counts as undeclared.
struct AlternateKey {
    enum Status: String { case pending = "Pending", building = "InProgress", active = "Active", failed = "Failed" }

    var metadataID: Guid
    var schemaName: String
    var columns: [String]
    var displayName: JSON
    var status: Status
    /// When it was asked for, in the clock's elapsed seconds.
    var since: Double

    var logicalName: String { schemaName.lowercased() }

    /// As errors name it.
    var label: String { MetadataLabel.text(displayName) ?? columns.joined(separator: ", ") }

    /// A key that was there from the start.
    init(columns: [String], of table: String) {
        schemaName = columns.joined(separator: "_") + "_key"
        metadataID = Guid(naming: "key/\(table)/\(schemaName)")
        self.columns = columns
        displayName = MetadataLabel.none
        status = .active
        since = 0
    }

    init(_ schemaName: String, columns: [String], displayName: JSON, id: Guid, since: Double) {
        metadataID = id
        self.schemaName = schemaName
        self.columns = columns
        self.displayName = displayName
        status = .pending
        self.since = since
    }
}

extension Store {
    /// Moves keys on whose indexes have been built by now: half the time pending, half in progress. Rows that have the same
    /// values make a key fail.
    func settleKeys(at elapsed: Double, after seconds: Double) {
        for table in schema.tables {
            for place in table.keys.indices {
                let key = table.keys[place]
                guard key.status == .pending || key.status == .building else { continue }
                let age = elapsed - key.since
                if age >= seconds {
                    table.keys[place].status = isUnique(key, in: table) ? .active : .failed
                } else if age >= seconds / 2 {
                    table.keys[place].status = .building
                }
            }
        }
    }

    private func isUnique(_ key: AlternateKey, in table: TableDefinition) -> Bool {
        let columns = key.columns.compactMap { table.column($0) }
        var seen: Set<[String]> = []
        for row in self[table.index].rows {
            let values = columns.map { row[$0] }
            if values.contains(where: { $0.isNull }) { continue }
            let texts = values.map { $0.text.map(Folding.fold) ?? "\($0)" }
            if !seen.insert(texts).inserted { return false }
        }
        return true
    }
}
