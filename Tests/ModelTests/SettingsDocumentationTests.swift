import Foundation
import Testing

@testable import Model

@Suite struct SettingsDocumentationTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/calls.md")
        .standardized

    private static func row(_ definition: SettingDefinition) -> String {
        var value = definition.defaultValue.isEmpty ? "–" : definition.defaultValue
        if definition.kind == .template { value = "`\(value)`" }
        let meaning = definition.meaning.replacing(TextTemplate.placeholderList, with: "`\(TextTemplate.placeholderList)`")
        return "| `\(definition.name)` | \(value) | \(meaning) |"
    }

    @Test("The page lists every setting as the program has it; `UPDATE_DOCS=1 swift test` writes it")
    func settings() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let head = try #require(text.firstRange(of: "| setting | default | meaning |\n| --- | --- | --- |\n"))
        let table = text[head.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { $0.hasPrefix("| ") }
        let expected = Settings.definitions.map(Self.row)
        if ProcessInfo.processInfo.environment["UPDATE_DOCS"] != nil, let first = table.first, let last = table.last {
            try text.replacingCharacters(in: first.startIndex..<last.endIndex, with: expected.joined(separator: "\n"))
                .write(to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        #expect(table.map(String.init) == expected)
    }
}
