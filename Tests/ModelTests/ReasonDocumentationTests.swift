import Foundation
import Testing

@testable import Model

/// Codes are an API: each stands on the page that explains it.
@Suite struct ReasonDocumentationTests {
    private static func page(_ name: String) throws -> [Substring] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/\(name).md").standardized
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    }

    /// Codes of the first column of the page's tables.
    private static func rows(of name: String) throws -> Set<String> {
        var codes: Set<String> = []
        for line in try page(name) where line.hasPrefix("| `") {
            let column = line.dropFirst(2).prefix { $0 != "|" }
            codes.formUnion(column.matches(of: /`([^`]+)`/).map { String($0.1) })
        }
        return codes
    }

    @Test func `every reason and event of a call has a row`() throws {
        let rows = try Self.rows(of: "calls")
        let codes =
            StateReason.allCases.map(\.rawValue) + SkipReason.allCases.map(\.rawValue) + TimelineEvent.allCases.map(\.rawValue)
            + CallState.allCases.map(\.rawValue)
        #expect(codes.filter { !rows.contains($0) } == [])
    }

    @Test func `every oddity is named`() throws {
        let text = try Self.page("calls").joined(separator: "\n")
        #expect(CallFacts.Oddity.allCases.map(\.rawValue).filter { !text.contains("`\($0)`") } == [])
    }

    @Test func `every reason of a callback request is named`() throws {
        let text = try Self.page("callbacks").joined(separator: "\n")
        #expect(CallbackReason.allCases.map(\.rawValue).filter { !text.contains("`\($0)`") } == [])
    }
}
