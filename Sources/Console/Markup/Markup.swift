/// HTML that is safe as it is: built by this program, values in it escaped. Templates show it with three braces, and nothing else.
struct Markup: Sendable, Equatable, CustomStringConvertible {
    let description: String

    /// - Parameter html: must have come through ``HTMLEscaping`` or a template wherever it holds values.
    init(safe html: String) { description = html }
}
