import Foundation
import Testing

@testable import Tenants
@testable import Runtime

/// One after the other: where they write the page they write one file.
@Suite(.serialized) struct DocumentationTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/configuration.md")
        .standardized

    @Test func `the table of the sync programs' keys is the program's own (UPDATE_DOCS=1 writes it)`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let begin = try #require(
            text.firstRange(of: "<!-- sync keys: begin (a test compares this table with the program) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- sync keys: end -->"))
        let expected = ConfigurationSchema(WorkerKeys.all + WebhookKeys.all).table()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected).write(
                to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == expected)
    }

    @Test func `the table of a tenant's keys is the program's own (UPDATE_DOCS=1 writes it)`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let begin = try #require(
            text.firstRange(of: "<!-- tenant keys: begin (a test compares this table with the program) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- tenant keys: end -->"))
        let expected = ConfigurationSchema([], lists: [TenantKeys.list]).table()
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected).write(
                to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[begin.upperBound..<end.lowerBound] == expected)
    }
}
