import Foundation
import Testing

@testable import CallbackSync
@testable import Runtime

@Suite struct DocumentationTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
        .standardized

    @Test func `the table of callback-sync's own keys is the program's own (UPDATE_DOCS=1 writes it)`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let begin = try #require(
            text.firstRange(of: "<!-- callback-sync keys: begin (a test compares this table with the program) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- callback-sync keys: end -->"))
        let expected = ConfigurationSchema(ConfigurationSchema.callbackSync.keys.filter { $0.name.hasPrefix("odata.") }).table()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected).write(
                to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == expected)
    }

    @Test func `every secret is in the list of secrets`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Secrets\n") })
        let schema = ConfigurationSchema.callbackSync
        for key in schema.keys + schema.lists.flatMap(\.keys) where key.isSecret {
            #expect(section.contains("`\(key.name)`"), "\(key.name)")
        }
    }
}
