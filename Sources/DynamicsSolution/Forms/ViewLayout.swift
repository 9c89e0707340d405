/// What a view shows (`layoutxml`) and asks for (`fetchxml`, "Customize views").
struct ViewLayout: Sendable {
    private let layout: MarkupText
    private let fetch: MarkupText

    /// Nil: no view of columns, or one that can't be read.
    init?(layout: String, fetch: String) {
        guard let layout = MarkupText(layout), let fetch = MarkupText(fetch),
            layout.elements[0].name == "grid", fetch.elements[0].name == "fetch"
        else { return nil }
        self.layout = layout
        self.fetch = fetch
    }

    /// The columns of the table itself that are shown, in lower case.
    var columns: Set<String> { Set(layout.elements.compactMap { $0.name == "cell" ? $0.attributes["name"]?.lowercased() : nil }) }

    /// Both texts with these columns as well, at the end.
    ///
    /// - Returns: nil where the view has no place for them.
    func adding(_ names: [String]) -> (layout: String, fetch: String)? {
        guard let row = layout.elements.firstIndex(where: { $0.name == "row" }), let entity else { return nil }
        let asked = Set(attributes.compactMap { fetch.elements[$0].attributes["name"]?.lowercased() })
        let asksForAll = fetch.elements.contains { $0.name == "all-attributes" && $0.parent == entity }
        let cells = names.filter { !columns.contains($0) }.map { "<cell name=\"\($0)\" width=\"150\"/>" }.joined()
        let more = asksForAll ? "" : names.filter { !asked.contains($0) }.map { "<attribute name=\"\($0)\"/>" }.joined()
        return (layout.appending(cells, to: row), fetch.appending(more, to: entity))
    }

    func removing(_ names: Set<String>) -> (layout: String, fetch: String) {
        func isNamed(_ element: MarkupText.Element) -> Bool {
            element.attributes["name"].map { names.contains($0.lowercased()) } ?? false
        }
        let cells = layout.elements.indices.filter { layout.elements[$0].name == "cell" && isNamed(layout.elements[$0]) }
        return (layout.cutting(cells), fetch.cutting(attributes.filter { isNamed(fetch.elements[$0]) }))
    }

    private var entity: Int? { fetch.elements.firstIndex { $0.name == "entity" } }
    private var attributes: [Int] {
        fetch.elements.indices.filter { fetch.elements[$0].name == "attribute" && fetch.elements[$0].parent == entity }
    }
}
