/// A table as most lists are: the part `parts/table` prints it.
struct DataTable: Sendable {
    struct Column: Sendable {
        let title: String
        let isNumber: Bool
    }

    struct Row: Sendable {
        let cells: [Cell]
    }

    struct Cell: Sendable {
        let text: String
        var href: String?
        var tag: Tag?
        var time: TimeMark?
        var look = ""
        /// It names the row.
        var isHead = false

        static func text(_ text: String?) -> Cell { Cell(text: text ?? "–") }
        /// What may be long, and may be broken.
        static func wide(_ text: String?) -> Cell { Cell(text: text ?? "–", look: "wide") }
        static func number(_ text: String) -> Cell { Cell(text: text, look: "number") }
        static func number(_ number: some BinaryInteger) -> Cell { .number(Count.grouped(number)) }
        static func link(_ text: String, _ href: String?) -> Cell { Cell(text: text, href: href) }
        static func head(_ text: String, _ href: String? = nil) -> Cell { Cell(text: text, href: href, isHead: true) }
        static func tag(_ tag: Tag) -> Cell { Cell(text: "", tag: tag) }
        static func time(_ mark: TimeMark?) -> Cell { Cell(text: mark == nil ? "–" : "", time: mark, look: "nowrap") }
    }

    let caption: String
    let columns: [Column]
    let rows: [Row]
    let hasRows: Bool
    /// The rows as they are shown. Not through templates: those find each field of each cell by reflection, which took half a second
    /// for a long table.
    let rowsHTML: Markup
    /// What it means that there is none.
    let empty: String

    /// - Parameters:
    ///   - columns: titles; those of numbers begin with `#`.
    init(_ caption: String, _ columns: [String], _ rows: [[Cell]], empty: String) {
        self.caption = caption
        self.columns = columns.map { title in
            title.hasPrefix("#")
                ? Column(title: String(title.dropFirst()), isNumber: true) : Column(title: title, isNumber: false)
        }
        self.rows = rows.map(Row.init)
        hasRows = !rows.isEmpty
        rowsHTML = Markup(safe: self.rows.map(\.html).joined(separator: "\n"))
        self.empty = empty
    }
}

extension DataTable.Row {
    fileprivate var html: String { "<tr>" + cells.map(\.html).joined() + "</tr>" }
}

extension DataTable.Cell {
    fileprivate var html: String {
        let words = HTMLEscaping.escaped(text)
        let shown = href.map { "<a href=\"\(HTMLEscaping.escaped($0))\">\(words)</a>" } ?? words
        let content = (tag?.html.description ?? "") + (time?.html.description ?? "") + shown
        return isHead ? "<th scope=\"row\">\(content)</th>" : "<td class=\"\(look)\">\(content)</td>"
    }
}
