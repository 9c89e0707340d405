/// An XML text that was read: its elements with their attributes. Stricter than a browser: what is not well-formed is nil.
struct MarkupReader {
    struct Element {
        var name: String
        var attributes: [String: String]
        /// Elements around it, from the outermost.
        var path: [String]
    }

    /// In the order in which they begin; the first is the root.
    let elements: [Element]

    init?(_ text: String) {
        var elements: [Element] = []
        var open: [String] = []
        var rest = Substring(text)
        while let mark = rest.firstIndex(of: "<") {
            guard !open.isEmpty || rest[..<mark].allSatisfy(\.isWhitespace) else { return nil }
            rest = rest[rest.index(after: mark)...]
            if let end = Self.end(ofAside: rest) {
                rest = end
                continue
            }
            guard let tag = Self.tag(&rest) else { return nil }
            if tag.isEnd {
                guard open.popLast() == tag.name else { return nil }
                continue
            }
            if open.isEmpty, !elements.isEmpty { return nil }
            elements.append(Element(name: tag.name, attributes: tag.attributes, path: open))
            if !tag.isEmpty { open.append(tag.name) }
        }
        guard open.isEmpty, !elements.isEmpty, rest.allSatisfy(\.isWhitespace) else { return nil }
        self.elements = elements
    }

    /// What follows a comment, a declaration or raw text; nil where none of them begins.
    private static func end(ofAside rest: Substring) -> Substring? {
        for (begin, end) in [("!--", "-->"), ("?", "?>"), ("![CDATA[", "]]>")] where rest.hasPrefix(begin) {
            return rest.firstRange(of: end).map { rest[$0.upperBound...] }
        }
        return nil
    }

    private static func tag(
        _ rest: inout Substring
    ) -> (name: String, attributes: [String: String], isEnd: Bool, isEmpty: Bool)? {
        let isEnd = rest.first == "/"
        if isEnd { rest.removeFirst() }
        let name = rest.prefix { $0.isLetter || $0.isNumber || "_:.-".contains($0) }
        guard name.first?.isLetter == true else { return nil }
        rest = rest[name.endIndex...]
        var attributes: [String: String] = [:]
        while true {
            let blank = rest.prefix(while: \.isWhitespace)
            rest = rest[blank.endIndex...]
            if rest.hasPrefix("/>"), !isEnd {
                rest = rest.dropFirst(2)
                return (String(name), attributes, false, true)
            }
            if rest.first == ">" {
                rest.removeFirst()
                return (String(name), attributes, isEnd, false)
            }
            guard !isEnd, !blank.isEmpty, let (key, value) = attribute(&rest), attributes.updateValue(value, forKey: key) == nil
            else { return nil }
        }
    }

    private static func attribute(_ rest: inout Substring) -> (String, String)? {
        let name = rest.prefix { $0.isLetter || $0.isNumber || "_:.-".contains($0) }
        rest = rest[name.endIndex...]
        guard !name.isEmpty, rest.first == "=", let quote = rest.dropFirst().first, quote == "\"" || quote == "'" else {
            return nil
        }
        rest = rest.dropFirst(2)
        guard let end = rest.firstIndex(of: quote) else { return nil }
        let value = rest[..<end]
        guard !value.contains("<") else { return nil }
        rest = rest[rest.index(after: end)...]
        return (String(name), String(value))
    }
}
