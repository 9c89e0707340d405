/// An XML element.
struct Markup {
    let text: String

    /// Attributes that are nil are left out.
    init(_ name: String, _ attributes: KeyValuePairs<String, String?>, _ children: [Markup] = []) {
        let shown = attributes.map { name, value in value.map { " \(name)=\"\(Markup.escaped($0))\"" } ?? "" }.joined()
        text =
            children.isEmpty ? "<\(name)\(shown) />" : "<\(name)\(shown)>\(children.map(\.text).joined())</\(name)>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}

extension Markup {
    /// The key of an entity type.
    static func key(_ property: String) -> Markup { Markup("Key", [:], [Markup("PropertyRef", ["Name": property])]) }

    static func properties(_ types: KeyValuePairs<String, String>) -> [Markup] {
        types.map { Markup("Property", ["Name": $0.key, "Type": $0.value]) }
    }
}
