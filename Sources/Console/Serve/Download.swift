/// Thrown by a page that is a file: the browser keeps it.
struct Download: Error, Sendable {
    let name: String
    /// `text/csv; charset=utf-8`
    let type: String
    let text: String
}
