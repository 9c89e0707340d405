/// A choice of words: the part `parts/choices` prints it with its label.
struct Choices: Sendable {
    struct Option: Sendable {
        let value: String
        let text: String
        let isChosen: Bool
    }

    /// Unique on its page.
    let id: String
    let name: String
    let label: String
    let options: [Option]

    /// - Parameters:
    ///   - words: what can be chosen, as value and text.
    ///   - any: what choosing nothing is called.
    init(_ name: String, _ label: String, _ words: [(String, String)], chosen: String?, any: String?, id: String? = nil) {
        self.id = id ?? "choice-\(name)"
        self.name = name
        self.label = label
        // What was asked for stays visible, even when there is no such thing (any more).
        let unknown = chosen.flatMap { chosen in words.contains { $0.0 == chosen } ? nil : (chosen, chosen) }
        options =
            (any.map { [Option(value: "", text: $0, isChosen: chosen == nil)] } ?? [])
            + (words + (unknown.map { [$0] } ?? [])).map { Option(value: $0.0, text: $0.1, isChosen: $0.0 == chosen) }
    }

    init(_ name: String, _ label: String, _ words: [String], chosen: String?, any: String?, id: String? = nil) {
        self.init(name, label, words.map { ($0, $0) }, chosen: chosen, any: any, id: id)
    }
}
