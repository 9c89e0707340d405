/// Whether tags are closed in the order they were opened: enough for markup that the program builds by hand.
struct XMLCheck {
    func check(_ text: String) -> Bool {
        var open: [String] = []
        for match in text.matches(of: /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"]|"[^"<]*")*)>/) {
            let (closes, name) = (!match.1.isEmpty, String(match.2))
            if match.3.hasSuffix("/") { continue }
            if closes { if open.popLast() != name { return false } } else { open.append(name) }
        }
        // Whatever was no tag must have no angle in it.
        let rest = text.replacing(/<\/?[a-zA-Z][a-zA-Z0-9]*(?:[^<>"]|"[^"<]*")*>/, with: "")
        return open.isEmpty && !rest.contains("<") && !rest.contains(">")
    }
}
