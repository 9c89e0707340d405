/// What the last line says, in the order it was measured.
struct Figures {
    private var members: [(name: String, value: String)] = []

    mutating func add(_ more: [(name: String, value: String)]) { members += more }

    var json: String { "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}" }
}
