import Foundation

/// What a form shows (`formxml`, "Form XML reference"), and the section of it that is the hub's.
struct FormLayout: Sendable {
    private let markup: MarkupText

    /// Nil: no form, or one that can't be read.
    init?(_ xml: String) {
        guard let markup = MarkupText(xml), markup.elements[0].name == "form" else { return nil }
        self.markup = markup
    }

    /// The columns that stand anywhere on it, in lower case.
    var columns: Set<String> { Set(markup.elements.compactMap(Self.column)) }

    func hasSection(_ name: String) -> Bool { section(name) != nil }

    /// The form with these columns at the end of the section, which is made at the end of the first tab that is shown.
    ///
    /// - Returns: nil where the form has no place for a section.
    func adding(_ fields: [FormField], to name: String, label: String, language: Int) -> String? {
        let rows = fields.map { row($0, language) }.joined()
        if let section = section(name), let place = markup.inside(section, named: "rows").first {
            return markup.appending(rows, to: place)
        }
        let tabs = markup.elements.indices.filter { markup.elements[$0].name == "tab" }
        let tab = tabs.first { markup.elements[$0].attributes["visible"] != "false" } ?? tabs.first
        guard let sections = tab.flatMap({ markup.inside($0, named: "sections").first }) else { return nil }
        let section =
            "<section name=\"\(name.xmlEscaped)\" showlabel=\"true\" showbar=\"false\" id=\"\(Self.id())\" IsUserDefined=\"0\" "
            + "columns=\"1\" labelwidth=\"115\" celllabelalignment=\"Left\" celllabelposition=\"Left\">"
            + "\(labels(label, language))<rows>\(rows)</rows></section>"
        return markup.appending(section, to: sections)
    }

    /// The form without the section; what somebody else has put into it stays, and then so does the section.
    ///
    /// - Returns: nil where there is no such section.
    func removing(_ columns: Set<String>, from name: String) -> String? {
        guard let section = section(name) else { return nil }
        let rows = markup.inside(section, named: "row")
        let own = rows.filter { row in
            let shown = markup.inside(row, named: "control").map { Self.column(markup.elements[$0]) }
            return shown.allSatisfy { $0.map(columns.contains) ?? false }
        }
        return markup.cutting(own.count == rows.count ? [section] : own)
    }

    private func section(_ name: String) -> Int? {
        markup.elements.firstIndex { $0.name == "section" && $0.attributes["name"] == name.xmlEscaped }
    }

    private static func column(_ element: MarkupText.Element) -> String? {
        element.name == "control" ? element.attributes["datafieldname"]?.lowercased() : nil
    }

    private func row(_ field: FormField, _ language: Int) -> String {
        "<row><cell id=\"\(Self.id())\" showlabel=\"true\" locklevel=\"0\">\(labels(field.label, language))"
            + "<control id=\"\(field.name)\" classid=\"\(field.control.classID)\" datafieldname=\"\(field.name)\" "
            + "disabled=\"\(field.isReadOnly)\"/></cell></row>"
    }

    private func labels(_ text: String, _ language: Int) -> String {
        "<labels><label description=\"\(text.xmlEscaped)\" languagecode=\"\(language)\"/></labels>"
    }

    private static func id() -> String { "{\(UUID().uuidString.lowercased())}" }
}
