/// What forms and views may hold, and what they hold on to ("Customize entity forms", "Customize views", "Removing dependencies").
struct FormRules {
    let store: Store

    private var schema: Schema { store.schema }

    /// Refuses XML that is not well-formed, and columns that the table does not have.
    func check(_ table: TableDefinition, _ values: [CellValue]) throws(WebError) {
        guard let owner = TableDefinition.drafted[table.logicalName] else { return }
        guard let name = values[table.column(owner)].text, let shown = schema.byLogicalName[name] else {
            throw .argument("The table of '\(table.logicalName)' is missing or does not exist.")
        }
        for (column, root) in [("formxml", "form"), ("layoutxml", "grid"), ("fetchxml", "fetch")] {
            guard let position = table.column(column) else { continue }
            guard let xml = values[position].text else { throw .argument("'\(column)' is missing.") }
            guard let markup = MarkupReader(xml), markup.elements[0].name == root else {
                throw .argument("The XML passed to the platform is not well-formed or invalid: \(column).")
            }
            for element in markup.elements where element.name == "control" {
                guard element.attributes["id"] != nil, element.attributes["classid"].flatMap({ Guid(Self.bare($0)) }) != nil
                else {
                    throw .argument("A control of the form needs 'id' and 'classid'.")
                }
            }
            for element in markup.elements where ["tab", "section", "cell"].contains(element.name) && root == "form" {
                guard element.attributes["id"].flatMap({ Guid(Self.bare($0)) }) != nil else {
                    throw .argument("A '\(element.name)' of the form needs an 'id'.")
                }
            }
            for held in Self.columns(markup) where shown.column(held) == nil {
                throw WebError(
                    400, "0x80041103", "'\(shown.schemaName)' entity doesn't contain attribute with Name = '\(held)'.")
            }
        }
    }

    /// The form or view that holds on to a column, by its name, published or not.
    func holder(of column: String, in shown: TableDefinition) -> String? {
        for (name, owner) in TableDefinition.drafted.sorted(by: { $0.key < $1.key }) {
            guard let rows = store.table(name), let place = rows.definition.column(owner) else { continue }
            for row in rows.rows where row[place].text == shown.logicalName {
                for xml in ["formxml", "layoutxml", "fetchxml"] {
                    guard let position = rows.definition.column(xml) else { continue }
                    let texts = [row[position].text, store.draft(of: row.id)?.values[position]?.text]
                    let holds = texts.compactMap(\.self).compactMap { MarkupReader($0) }
                        .contains { Self.columns($0).contains(column) }
                    if holds { return rows.definition.nameColumn.flatMap { row[$0].text } ?? name }
                }
            }
        }
        return nil
    }

    /// Forms and views go with their table.
    func drop(of shown: TableDefinition) {
        for (name, owner) in TableDefinition.drafted {
            guard let rows = store.table(name), let place = rows.definition.column(owner) else { continue }
            for row in Array(rows.rows) where row[place].text == shown.logicalName {
                store.remove(row.id, from: rows.definition.index)
            }
        }
    }

    /// The columns of the shown table itself: what a view takes from others, it takes through a link.
    private static func columns(_ markup: MarkupReader) -> Set<String> {
        Set(
            markup.elements.compactMap { element in
                switch element.name {
                case "control": element.attributes["datafieldname"]
                case "cell" where markup.elements[0].name == "grid":
                    element.attributes["name"].flatMap { $0.contains(".") ? nil : $0 }
                case "attribute" where element.path == ["fetch", "entity"]: element.attributes["name"]
                default: nil
                }
            })
    }

    private static func bare(_ id: String) -> String { id.filter { $0 != "{" && $0 != "}" } }
}
