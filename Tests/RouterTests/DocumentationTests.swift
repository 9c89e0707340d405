import Foundation
import Testing

@testable import Router
@testable import Runtime

@Suite struct DocumentationTests {
    @Test func `the table of the router's keys is the program's own (UPDATE_DOCS=1 writes it)`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
            .standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let begin = try #require(
            text.firstRange(of: "<!-- router keys: begin (a test compares this table with the program) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- router keys: end -->"))
        let common = Set(ConfigurationSchema.common.keys.map(\.name))
        let expected = ConfigurationSchema(ConfigurationSchema.router.keys.filter { !common.contains($0.name) }).table()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected).write(
                to: page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == expected)
    }

    @Test func `every reason of a decision is explained`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/router.md").standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        for reason in [
            "rule", "no_rule", "same_number", "arrived", "no_rules", "loading", "stale", "shed", "deadline", "lookup_failed",
        ] {
            #expect(text.contains("`\(reason)`"))
        }
    }
}
