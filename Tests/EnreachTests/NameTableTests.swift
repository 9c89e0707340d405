import Foundation
import Testing

@testable import Enreach

@Suite("Documentation of the vendor's names")
struct NameTableTests {
    @Test("The tables of names are the program's own; `UPDATE_DOCS=1 swift test` writes them")
    func names() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
            .standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(text.firstRange(of: "<!-- names: begin (a test compares these tables with the program) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- names: end -->"))
        let expected = Self.expected
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected)
                .write(to: page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == expected)
    }

    private static var expected: String {
        var text = "| Under `names` | Looked for |\n| --- | --- |\n"
        for field in AnswerField.allCases {
            let names = field.standardNames.filter { !$0.isEmpty }.map { "`\($0)`" }.joined(separator: ", ")
            text += "| `\(field.rawValue)` | \(names) |\n"
        }
        text += "\n| Under `requests` | Sent |\n| --- | --- |\n"
        for name in RequestName.allCases { text += "| `\(name.rawValue)` | `\(name.standardName)` |\n" }
        return text
    }
}
