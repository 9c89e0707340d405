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
        self.empty = empty
    }
}
