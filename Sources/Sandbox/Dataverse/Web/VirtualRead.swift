/// A read of rows that stand in an OData v4 source: where the source is, how it is asked, and what its names mean here.
struct VirtualRead: Sendable {
    enum What: Sendable {
        case rows, count
        case row(Guid)
    }

    var what: What
    /// Root of the source, with the trailing slash.
    var root: String
    var headers: [(name: String, value: String)]
    /// Parameters of the source that go into the query string.
    var parameters: [(name: String, value: String)]
    /// Names in the source: of the set, and of each column by its name here. The key comes first.
    var set: String
    var columns: [(name: String, external: String)]
    /// Whether the source's own links lead from page to page.
    var pagesByLinks: Bool
    var options: [(name: String, value: String)]
    var context: String
    var table: String

    /// Nil: the path names no rows of a virtual table, or its source is not known.
    init?(path: String, query: String, serviceRoot: String, store: Store) {
        guard let resource = try? ResourceReader(schema: store.schema).read(path), let table = resource.table, table.isVirtual
        else {
            return nil
        }
        switch resource {
        case .set: what = .rows
        case .count: what = .count
        case .row(_, .id(let id)): what = .row(id)
        default: return nil
        }
        guard let sources = store.table("msdyn_odatav4ds"), let id = table.facets["DataSourceId"]?.string.flatMap({ Guid($0) }),
            let source = sources.row(id), let set = table.facets["ExternalCollectionName"]?.string
        else { return nil }
        let definition = sources.definition
        func text(_ name: String) -> String? { definition.column(name).flatMap { source[$0].text } }
        guard let root = text("msdyn_uri") else { return nil }
        self.root = root
        self.set = set
        var headers: [(name: String, value: String)] = [("OData-Version", "4.0"), ("OData-MaxVersion", "4.0")]
        var parameters: [(name: String, value: String)] = []
        for number in 1...10 {
            guard let name = text("msdyn_parameter\(number)name"), let value = text("msdyn_parameter\(number)value") else {
                continue
            }
            let isHeader = definition.column("msdyn_isparameter\(number)header").map { source[$0] == .bool(true) } ?? false
            if isHeader { headers.append((name, value)) } else { parameters.append((name, value)) }
        }
        (self.headers, self.parameters) = (headers, parameters)
        pagesByLinks = definition.column("msdyn_paginationtype").map { source[$0].integer == 1 } ?? false
        columns = table.columns.compactMap { column in
            column.facets["ExternalName"]?.string.map { (column.name, $0) }
        }
        self.table = table.logicalName
        options = URLText.pairs(query)
        context = "\(serviceRoot)$metadata#\(table.setName)"
    }

    func external(_ name: String) -> String? { columns.first { $0.name == name }?.external }
}
