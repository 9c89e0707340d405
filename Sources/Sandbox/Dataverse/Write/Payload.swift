/// A body, its names resolved and its values checked.
struct Payload {
    var values: [(column: Int, value: CellValue)] = []
    /// The key as given in the body.
    var id: Guid?
    /// Rows to create with this one, by collection.
    var children: [(navigation: TableDefinition.CollectionNavigation, rows: [JSONObject])] = []
    /// Rows to create before this one, by lookup.
    var related: [(navigation: TableDefinition.SingleNavigation, row: JSONObject)] = []

    subscript(column: Int?) -> CellValue? {
        guard let column else { return nil }
        return values.last { $0.column == column }?.value
    }
}

/// Reads bodies of one table.
struct PayloadReader {
    let context: WriteContext
    let table: TableDefinition

    func read(_ bytes: ArraySlice<UInt8>) throws(WebError) -> Payload {
        let json: JSON
        do throws(JSONSyntaxError) {
            json = try JSON(parsing: bytes)
        } catch {
            throw .payload(table, "Invalid JSON. \(error)")
        }
        guard case .object(let object) = json else { throw .payload(table, "A JSON object was expected.") }
        return try read(object)
    }

    func read(_ object: JSONObject) throws(WebError) -> Payload {
        var payload = Payload()
        payload.values.reserveCapacity(object.members.count)
        for member in object.members {
            if let column = table.columnsByName[member.name], !table.columns[column].kind.isLookup {
                try add(column, member.value, to: &payload)
            } else if member.name.utf8.contains(UInt8(ascii: "@")) {
                try addAnnotation(member, to: &payload)
            } else if let navigation = table.collectionNavigations[member.name] {
                try addChildren(member, navigation, to: &payload)
            } else if let navigation = table.singleNavigations[member.name], case .object(let row) = member.value {
                payload.related.append((navigation, row))
            } else if table.columnsByProperty[member.name] != nil {
                throw .payload(
                    table,
                    "CRM do not support direct update of Entity Reference properties, Use Navigation properties instead.")
            } else {
                throw .undeclared(member.name, of: table)
            }
        }
        return payload
    }

    private func add(_ column: Int, _ json: JSON, to payload: inout Payload) throws(WebError) {
        let value = try CellReader(table: table, column: table.columns[column]).value(json)
        if column == 0 {
            payload.id = value.guid
        } else {
            payload.values.append((column, value))
        }
    }

    private func addChildren(
        _ member: JSONObject.Member, _ navigation: TableDefinition.CollectionNavigation, to payload: inout Payload
    ) throws(WebError) {
        guard case .array(let elements) = member.value else {
            throw .payload(table, "An array was expected for '\(member.name)'.")
        }
        var rows: [JSONObject] = []
        for element in elements {
            guard case .object(let row) = element else { throw .payload(table, "An object was expected in '\(member.name)'.") }
            rows.append(row)
        }
        payload.children.append((navigation, rows))
    }

    private func addAnnotation(_ member: JSONObject.Member, to payload: inout Payload) throws(WebError) {
        guard member.name.hasSuffix("@odata.bind") else { return }
        let name = String(member.name.dropLast(11))
        guard let navigation = table.singleNavigations[name] else { throw .undeclared(name, of: table) }
        switch member.value {
        case .null:
            payload.values.append((navigation.column, .null))
        case .string(let url):
            let reference = try BindReader(context: context).reference(url)
            try check(reference, for: navigation, name)
            payload.values.append((navigation.column, .lookup(reference)))
        default:
            throw .payload(table, "A string was expected for '\(member.name)'.")
        }
    }

    private func check(_ reference: Reference, for navigation: TableDefinition.SingleNavigation, _ name: String) throws(WebError)
    {
        let target = context.schema[reference.table]
        if let expected = navigation.target {
            guard expected == reference.table else {
                throw .payload(
                    table, "The bound row of '\(name)' is of the type '\(target.logicalName)', which it cannot point at.")
            }
        } else if case .lookup(let targets) = table.columns[navigation.column].kind {
            guard targets.contains(target.logicalName) else {
                throw .payload(
                    table, "The bound row of '\(name)' is of the type '\(target.logicalName)', which it cannot point at.")
            }
        }
        // Rows of virtual tables are somewhere else: whatever is bound is taken.
        guard target.isVirtual || context.store.row(reference) != nil else { throw .missing(target, reference.id) }
    }
}

/// Resolves what `@odata.bind` and `@odata.id` name.
struct BindReader {
    let context: WriteContext

    func reference(_ url: String) throws(WebError) -> Reference {
        if url.hasPrefix("$") || url.hasPrefix("/$") {
            let name = url.drop { $0 == "/" }.dropFirst()
            guard let reference = context.contentIDs[String(name)] else { throw .contentID(String(name)) }
            return reference
        }
        var path = url[...]
        if let root = ServiceRoot.end(of: path) { path = path[root...] }
        while path.first == "/" { path = path.dropFirst() }
        guard case .row(let table, let key) = try ResourceReader(schema: context.schema).read(path) else { throw .unknownPath }
        guard let id = try RowFinder(store: context.store).find(key, in: table) else {
            throw WebError(
                404, "0x80060891", "A record with the specified key values does not exist in \(table.logicalName) entity")
        }
        return Reference(table: table.index, id: id)
    }
}

extension WebError {
    static func contentID(_ name: String) -> WebError {
        WebError(400, "0x80060888", "Content-ID Reference: '$\(name)' does not exist in the batch context.")
    }
}

/// Finds rows by the key of a URL.
struct RowFinder {
    let store: Store

    /// The id a key names; for an alternate key nil when no row has it.
    func find(_ key: RowKey, in table: TableDefinition) throws(WebError) -> Guid? {
        switch key {
        case .id(let id): return id
        case .alternate(let values, _):
            let rows = store[table.index]
            var terms: [FilterExpression] = []
            for (column, literal) in values {
                let kind = table.columns[column].kind
                let value = try literal.coerced(to: kind, comparison: .equal)
                terms.append(.compare(ColumnPath(column: column, kind: kind), .equal, value))
            }
            let evaluation = FilterEvaluation(store: store)
            let filter = FilterExpression.and(terms)
            let slots = evaluation.candidates(filter, in: rows) ?? Array(rows.slots)
            for slot in slots.sorted() {
                if let row = rows.row(at: slot), evaluation.matches(filter, row, in: rows) { return row.id }
            }
            return nil
        }
    }
}

/// Finds the service root in a URL.
enum ServiceRoot {
    /// The place after `/api/data/v9.x/`; nil when the path has no service root.
    static func end(of path: Substring) -> Substring.Index? {
        let mark = "/api/data/v"
        let bytes = path.utf8
        guard var index = bytes.firstRange(of: Array(mark.utf8)) else { return nil }
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "/") {
            if bytes[index] == UInt8(ascii: "?") { return index }
            bytes.formIndex(after: &index)
        }
        return index == bytes.endIndex ? index : bytes.index(after: index)
    }
}

extension Substring.UTF8View {
    /// The index after the first occurrence.
    fileprivate func firstRange(of part: [UInt8]) -> Index? {
        var start = startIndex
        while start < endIndex {
            if self[start] == part[0] {
                var place = start
                var matched = 0
                while matched < part.count, place < endIndex, self[place] == part[matched] {
                    matched += 1
                    formIndex(after: &place)
                }
                if matched == part.count { return place }
            }
            formIndex(after: &start)
        }
        return nil
    }
}
