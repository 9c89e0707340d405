/// The arguments of a function; one of a structured type stands behind an alias, `(Query=@p1)`, in the URL's query.
struct FunctionArguments {
    private var values: [String: String] = [:]

    init(_ text: String, _ query: String) {
        let aliases = Dictionary(URLText.pairs(query).filter { $0.name.hasPrefix("@") }.map { ($0.name, $0.value) }) { $1 }
        for argument in QueryOptionsReader.split(text, at: ",") {
            guard let equals = argument.firstIndex(of: "=") else { continue }
            let value = argument[argument.index(after: equals)...].trimmed
            values[argument[..<equals].trimmed] = value.hasPrefix("@") ? aliases[value] : value
        }
    }

    /// Nil where it is not given, or null.
    subscript(name: String) -> String? { values[name].flatMap { $0 == "null" ? nil : $0 } }

    /// An argument of a structured type. Nil where it is not given, or null.
    func object(_ name: String) throws(WebError) -> JSON? {
        guard let text = self[name] else { return nil }
        guard let json = try? JSON(parsing: Array(text.utf8)), case .object = json else {
            throw .url("The value of the parameter '\(name)' is no JSON object.")
        }
        return json
    }

    /// An argument that is a collection of texts.
    func texts(_ name: String) throws(WebError) -> [String] {
        guard let text = self[name], let values = (try? JSON(parsing: Array(text.utf8)))?.array else {
            throw .url("The value of the parameter '\(name)' is no collection of texts.")
        }
        return values.compactMap(\.string)
    }
}
