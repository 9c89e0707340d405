/// A word that says at a glance how things stand: the part `parts/tag` prints it.
struct Tag: Sendable, Equatable {
    enum Look: String, Sendable {
        case plain, good, warn, bad, info
    }

    let text: String
    let look: String
    let html: Markup

    init(_ text: String, _ look: Look = .plain) {
        self.text = text
        self.look = look.rawValue
        html = Markup(safe: "<span class=\"tag \(look.rawValue)\">\(HTMLEscaping.escaped(text))</span>")
    }

    /// The state of a job.
    static func job(_ state: String) -> Tag {
        switch state {
        case "running": Tag(state, .info)
        case "dead": Tag(state, .bad)
        case "retry", "held": Tag(state, .warn)
        case "done": Tag(state, .good)
        default: Tag(state)
        }
    }
}
