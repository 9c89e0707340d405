import Foundation
import Testing

@testable import Runtime

@Suite("Documentation of the configuration")
struct DocumentationTests {
    @Test("The table of common keys is the program's own; `UPDATE_DOCS=1 swift test` writes it")
    func commonKeys() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
            .standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(
            text.firstRange(of: "<!-- common keys: begin (a test compares this table with the program) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- common keys: end -->"))
        let expected = ConfigurationSchema.common.table()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected)
                .write(to: page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == expected)
    }
}
