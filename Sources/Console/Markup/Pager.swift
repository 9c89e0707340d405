/// The way from one page of a list to the next: the part `parts/pager` prints it.
struct Pager: Sendable {
    /// Tells it from others on the page.
    let label: String
    /// Nil on the first page.
    let first: String?
    /// Nil on the last.
    let next: String?
}
