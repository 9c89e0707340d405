import Foundation
import Testing

@testable import Routing

@Suite struct DocumentationTests {
    @Test func `the rule document of docs/router.md is accepted, and so is what it says of constant data`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/router.md").standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
        let document = try #require(blocks.first { $0.contains("rules:") })
        let program = try RuleProgram.compile(document, file: "docs/router.md")
        #expect(program.ruleCount == document.components(separatedBy: "- {name: ").count - 1)
        let constant = try #require(blocks.first { $0.contains("constant:") })
        #expect(try RuleProgram.compile(constant + document, file: "docs/router.md").ruleCount == program.ruleCount)
    }
}
