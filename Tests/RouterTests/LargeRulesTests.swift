import TestSupport
import Testing

@testable import Router

/// In a database of its own: every router on it compiles the document.
@Suite(.database) struct LargeRulesTests {
    @Test func `a document of five hundred rules counts within two seconds, and so do the keys beside it`() async throws {
        // As many as there may be.
        let rules = (1..<500).map { index in
            "  - {name: r\(index), when: {bnum: '+35893100500', segment: S\(index), blocked: false}, to: '+35893201\(100 + index)'}"
        }
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            try await router.appliesInTime { target in
                let last = "  - {name: all, when: {bnum: '+35893100500', caller: known}, to: '\(target)'}"
                return (["rules:"] + rules + [last]).joined(separator: "\n")
            }
            try await router.revokesInTime()
        }
    }
}
