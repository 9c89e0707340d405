/// The way from one page of a list to the next: the part `parts/pager` prints it.
struct Pager: Sendable {
    /// Tells it from others on the page.
    let label: String
    /// Nil on the first page.
    let first: String?
    var firstWords = "First page"
    /// Nil on the last.
    let next: String?
    var nextWords = "Next page"
    /// Ways to other lists of the same kind.
    var others: [Link] = []

    /// Where the rows that were looked at end before those that fit.
    static let furtherBack = "Look further back"

    /// - Parameters:
    ///   - list: the fields of the address that the list goes by, and where its page begins.
    ///   - name: the field for that.
    ///   - next: where the next page begins; nil: this is the last.
    ///   - anchor: id of what is looked at there.
    init(
        _ label: String = "Pages of the list", of list: Query, at path: String, by name: String, next: String?,
        anchor: String? = nil
    ) {
        func address(_ query: Query) -> String { query.link(path) + (anchor.map { "#\($0)" } ?? "") }
        self.label = label
        first = list[name] == nil ? nil : address(list.removing(name))
        self.next = next.map { address(list.setting(name, $0)) }
    }
}

extension Array {
    /// The last row of a page, of one row more than a page shows; nil: there is no next page.
    func endOfPage(_ rows: Int) -> Element? { count > rows ? self[rows - 1] : nil }
}
