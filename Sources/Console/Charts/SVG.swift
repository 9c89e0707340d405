/// Pieces of SVG text. Values come in escaped; numbers are short.
struct SVG {
    private(set) var text = ""

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
        text +=
            "<line class=\"\(name)\" x1=\"\(Self.short(x1))\" y1=\"\(Self.short(y1))\" x2=\"\(Self.short(x2))\" y2=\"\(Self.short(y2))\"/>"
    }

    mutating func path(_ d: String, class name: String) { text += "<path class=\"\(name)\" d=\"\(d)\"/>" }

    mutating func text(_ words: String, _ x: Double, _ y: Double, anchor: String = "start", class name: String? = nil) {
        let attribute = name.map { " class=\"\($0)\"" } ?? ""
        text +=
            "<text\(attribute) x=\"\(Self.short(x))\" y=\"\(Self.short(y))\" text-anchor=\"\(anchor)\">\(HTMLEscaping.escaped(words))</text>"
    }

    /// - Parameters:
    ///   - title: what hovering over it says.
    ///   - opacity: nil: that of its class.
    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0, class name: String, title: String? = nil,
        opacity: Double? = nil
    ) {
        let rounded = radius > 0 ? " rx=\"\(Self.short(radius))\"" : ""
        let faint = opacity.map { " fill-opacity=\"\(Self.short($0))\"" } ?? ""
        text +=
            "<rect class=\"\(name)\" x=\"\(Self.short(x))\" y=\"\(Self.short(y))\" width=\"\(Self.short(width))\" height=\"\(Self.short(height))\"\(rounded)\(faint)"
        text += title.map { "><title>\(HTMLEscaping.escaped($0))</title></rect>" } ?? "/>"
    }

    mutating func group(class name: String, _ body: (inout SVG) -> Void) {
        text += "<g class=\"\(name)\">"
        body(&self)
        text += "</g>"
    }

    static func short(_ number: Double) -> String {
        let rounded = (number * 100).rounded() / 100
        return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
    }
}
