import Foundation
import Testing

@testable import Console

@Suite struct MarkupTests {
    @Test(arguments: [
        ("plain", "plain"), ("<script>", "&lt;script&gt;"), ("a & b", "a &amp; b"),
        ("\"x\" 'y' `z`", "&quot;x&quot; &#39;y&#39; &#96;z&#96;"),
        // One character to a reader, and the end of an attribute to a browser.
        ("\"\u{301} onmouseover=", "&quot;\u{301} onmouseover="), ("<\u{301}b", "&lt;\u{301}b"), ("\u{0}", "\u{FFFD}"),
        ("ä€😀", "ä€😀"),
    ])
    func `values are escaped by scalars`(text: String, escaped: String) {
        #expect(HTMLEscaping.escaped(text) == escaped)
        let library = TemplateLibrary([
            ("a.mustache", "<p title=\"{{text}}\">{{#text}}{{.}}{{/text}}</p>{{>b}}"), ("b.mustache", "{{text}}"),
        ])
        #expect(library.render("a", Model(text: text)) == "<p title=\"\(escaped)\">\(escaped)</p>\(escaped)")
    }

    private struct Model { let text: String }

    @Test func `indentation of templates does not reach the page`() {
        #expect(TemplateLibrary.withoutIndentation("<a>\n    <b>\n\n\t</b>\n</a>") == "<a>\n<b>\n</b>\n</a>")
    }

    @Test func `what only markup may be is shown unescaped, and nothing else`() throws {
        for file in EmbeddedTemplates.files {
            let names = file.text.matches(of: /\{\{\{\s*([^}]+?)\s*\}\}\}/).map { String($0.1) }
            for name in names {
                let isMarkup =
                    ["content", "svg", "html"].contains(name) || ["SVG", "HTML"].contains { name.hasSuffix($0) }
                #expect(isMarkup, "\(file.name): {{{\(name)}}}")
            }
            #expect(!file.text.contains("{{&"), "\(file.name) shows something unescaped")
        }
    }

    @Test(arguments: EmbeddedTemplates.files.map(\.name))
    func `templates keep to what the content security policy allows`(name: String) throws {
        let text = try #require(EmbeddedTemplates.files.first { $0.name == name }).text
        #expect(text.firstMatch(of: /\sstyle\s*=/) == nil)
        #expect(text.firstMatch(of: /\son[a-z]+\s*=/) == nil)
        #expect(text.matches(of: /<script/).count == (name == "frame/frame.mustache" ? 1 : 0))
        #expect(
            !text.contains("<style") && !text.contains("javascript:") && !text.contains("http://") && !text.contains("https://"))
    }

    /// A build that did not notice a changed file would test, and ship, an old page.
    @Test(arguments: ["Templates", "Assets"]) func `the program carries exactly its files`(folder: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/Console/\(folder)")
            .standardizedFileURL
        let carried = folder == "Templates" ? EmbeddedTemplates.files : EmbeddedAssets.files
        let names = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.contains(".") }.sorted()
        #expect(carried.map(\.name) == names)
        for file in carried {
            #expect(file.text == (try String(contentsOf: root.appending(path: file.name), encoding: .utf8)), "\(file.name)")
        }
    }

    @Test(arguments: [
        (0, "0"), (7, "7"), (1234, "1\u{202F}234"), (10_000, "10\u{202F}000"), (10_001, "10\u{202F}000+"),
        (50_000_000, "10\u{202F}000+"),
    ])
    func `counts go as far as they are worth it`(counted: Int, text: String) {
        #expect(Count(counted).description == text)
        #expect(Count(counted).isMore == (counted > 10_000))
    }

    @Test(arguments: [(0, "0"), (-1234, "−1\u{202F}234"), (1_234_567, "1\u{202F}234\u{202F}567")])
    func `digits stand in groups`(number: Int, text: String) {
        #expect(Count.grouped(number) == text)
    }

    @Test func `a count says what it counts`() {
        #expect(Count(1).of("job") == "1 job")
        #expect(Count(0).of("job") == "0 jobs")
        #expect(Count(2).of("person", "people") == "2 people")
    }

    @Test func `moments are told to machines and to people`() {
        let date = Date(timeIntervalSince1970: 1_772_439_307.412)
        let mark = TimeMark(date, now: date.addingTimeInterval(200))
        #expect(mark.iso == "2026-03-02T08:15:07.412Z")
        #expect(mark.text == "2026-03-02 08:15:07 UTC")
        #expect(mark.ago == "3 min 20 s ago")
        #expect(TimeMark(date, now: date.addingTimeInterval(-41)).ago == "in 41 s")
        #expect(TimeMark(Date?.none, now: date) == nil)
    }
}
