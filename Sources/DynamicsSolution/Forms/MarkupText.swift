/// An XML text of somebody else's, its elements with their places. It is never written anew: something is put in at a place, or cut out,
/// and every other byte stays.
struct MarkupText: Sendable {
    struct Element: Sendable, Hashable {
        var name: String
        /// As written, entities unread.
        var attributes: [String: String]
        /// Place in ``MarkupText/elements``; nil of the root.
        var parent: Int?
        /// From the first bracket of the start tag to after the last one of the end tag.
        var range: Range<Int>
        /// Between both tags; nil of an element that is one tag.
        var content: Range<Int>?
    }

    private(set) var bytes: [UInt8]
    private(set) var elements: [Element] = []

    /// Nil: not well-formed, or with a document type, which no form has.
    init?(_ text: String) {
        bytes = Array(text.utf8)
        guard scan() else { return nil }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The elements inside one, however deep.
    func inside(_ place: Int, named name: String) -> [Int] {
        elements.indices.filter {
            elements[$0].name == name && elements[place].range.contains(elements[$0].range.lowerBound) && $0 != place
        }
    }

    /// The text with more behind the content of an element.
    func appending(_ more: String, to place: Int) -> String {
        let element = elements[place]
        if let content = element.content { return replacing(content.upperBound..<content.upperBound, with: more) }
        // `<rows/>`: its tag becomes two.
        let tag = String(decoding: bytes[element.range], as: UTF8.self).dropLast(2)
        return replacing(element.range, with: tag + ">\(more)</\(element.name)>")
    }

    func cutting(_ places: [Int]) -> String {
        var cut = self
        for range in places.map({ elements[$0].range }).sorted(by: { $0.lowerBound > $1.lowerBound }) {
            cut.bytes.removeSubrange(range)
        }
        return cut.text
    }

    private func replacing(_ range: Range<Int>, with more: some StringProtocol) -> String {
        String(decoding: bytes[..<range.lowerBound] + Array(more.utf8) + bytes[range.upperBound...], as: UTF8.self)
    }

    // MARK: Scanning

    private mutating func scan() -> Bool {
        var open: [Int] = []
        var at = 0
        while let start = bytes[at...].firstIndex(of: UInt8(ascii: "<")) {
            if let end = end(ofAside: start) {
                at = end
                continue
            }
            guard let end = end(ofTag: start) else { return false }
            at = end
            let isEnd = bytes[start + 1] == UInt8(ascii: "/")
            let isEmpty = bytes[end - 2] == UInt8(ascii: "/")
            let inner = bytes[(start + (isEnd ? 2 : 1))..<(end - (isEmpty && !isEnd ? 2 : 1))]
            let name = String(decoding: inner.prefix { !Self.blanks.contains($0) }, as: UTF8.self)
            if isEnd {
                guard let place = open.popLast(), elements[place].name == name else { return false }
                elements[place].content = elements[place].range.upperBound..<start
                elements[place].range = elements[place].range.lowerBound..<end
                continue
            }
            guard !name.isEmpty, !name.hasPrefix("!"), let attributes = Self.attributes(inner.dropFirst(name.utf8.count)),
                !open.isEmpty || elements.isEmpty
            else { return false }
            elements.append(Element(name: name, attributes: attributes, parent: open.last, range: start..<end))
            if !isEmpty { open.append(elements.count - 1) }
        }
        return open.isEmpty && !elements.isEmpty
    }

    private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]

    /// Where a comment, a declaration or raw text that begins here ends; nil where none begins.
    private func end(ofAside start: Int) -> Int? {
        for (begin, end) in [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")] where bytes[start...].starts(with: begin.utf8) {
            let mark = Array(end.utf8)
            var at = start
            while at + mark.count <= bytes.count {
                if bytes[at...].starts(with: mark) { return at + mark.count }
                at += 1
            }
            return nil
        }
        return nil
    }

    /// Brackets in quotes are text.
    private func end(ofTag start: Int) -> Int? {
        var quote: UInt8?
        for at in bytes.indices[start...].dropFirst() {
            let byte = bytes[at]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                return at - start < 2 ? nil : at + 1
            } else if byte == UInt8(ascii: "<") {
                return nil
            }
        }
        return nil
    }

    private static func attributes(_ bytes: ArraySlice<UInt8>) -> [String: String]? {
        var rest = bytes
        var attributes: [String: String] = [:]
        while true {
            rest = rest.drop { blanks.contains($0) }
            guard !rest.isEmpty else { return attributes }
            let name = rest.prefix { $0 != UInt8(ascii: "=") && !blanks.contains($0) }
            rest = rest.dropFirst(name.count).drop { blanks.contains($0) }
            guard rest.popFirst() == UInt8(ascii: "=") else { return nil }
            rest = rest.drop { blanks.contains($0) }
            guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
                let end = rest.firstIndex(of: quote)
            else { return nil }
            attributes[String(decoding: name, as: UTF8.self)] = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
        }
    }
}

extension String {
    var xmlEscaped: String {
        var text = ""
        for character in self {
            switch character {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.append(character)
            }
        }
        return text
    }
}
