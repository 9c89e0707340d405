/// A picture with its caption, its legend, and the same in a table for those who read rather than look.
struct ChartFigure: Sendable {
    /// Unique on its page: a word.
    let id: String
    let title: String
    /// What it shows, in a sentence, for those who don't see it.
    let summary: String
    let width: Double
    let height: Double
    let drawing: String
    /// Names of the series by their class: `s1`, ….
    var legend: [(name: String, style: String)] = []
    let columns: [String]
    let rows: [[String]]

    var markup: Markup {
        let size = "0 0 \(SVG.short(width)) \(SVG.short(height))"
        let picture =
            "<svg class=\"chart\" viewBox=\"\(size)\" role=\"img\" aria-labelledby=\"\(id)-title \(id)-summary\">"
            + "<title id=\"\(id)-title\">\(HTMLEscaping.escaped(title))</title>"
            + "<desc id=\"\(id)-summary\">\(HTMLEscaping.escaped(summary))</desc>\(drawing)</svg>"
        return Markup(
            safe: "<figure><figcaption>\(HTMLEscaping.escaped(summary))</figcaption>\(picture)\(legendList)\(table)</figure>")
    }

    private var legendList: String {
        guard legend.count > 1 else { return "" }
        let items = legend.map { name, style in
            "<li><svg class=\"chart\" viewBox=\"0 0 24 8\" aria-hidden=\"true\"><g class=\"\(style)\">"
                + "<path class=\"stroke \(Self.dash(style))\" d=\"M1 4H23\"/></g></svg>\(HTMLEscaping.escaped(name))</li>"
        }
        return "<ul class=\"legend\">\(items.joined())</ul>"
    }

    private var table: String {
        guard !rows.isEmpty else { return "" }
        let head = columns.enumerated().map { index, name in
            "<th scope=\"col\"\(index == 0 ? "" : " class=\"number\"")>\(HTMLEscaping.escaped(name))</th>"
        }
        let body = rows.map { cells in
            let texts = cells.map(HTMLEscaping.escaped)
            return "<tr><th scope=\"row\">\(texts.first ?? "")</th>"
                + texts.dropFirst().map { "<td class=\"number\">\($0)</td>" }.joined() + "</tr>"
        }
        return
            "<details><summary>As a table</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(HTMLEscaping.escaped(title)), as a table\">"
            + "<table><caption class=\"unseen\">\(HTMLEscaping.escaped(title))</caption><thead><tr>\(head.joined())</tr></thead>"
            + "<tbody>\(body.joined())</tbody></table></div></details>"
    }

    /// Series are told apart by more than their colour.
    static func dash(_ style: String) -> String {
        switch style {
        case "s2": "dash2"
        case "s3": "dash3"
        case "s4": "dash4"
        default: ""
        }
    }
}
