import Postgres
import Routing
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
        let last = "  - {name: all, when: {bnum: '+35893100500', caller: known}, to: '+358932000'}"
        let text = (["rules:"] + rules + [last]).joined(separator: "\n")
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            try await router.apply(text)
            let revoked = try await router.database.withConnection { try await ApiKeyStore.list(tenant: router.tenant, on: $0) }
            try await eventually(within: .seconds(2), "the rules count") {
                try await router.ask("+358401234567").target == "+358932000"
            }
            _ = try await router.database.withTransaction {
                try await ApiKeyStore.revoke(revoked[0].id, tenant: router.tenant, who: "t", on: $0)
            }
            try await eventually(within: .seconds(2), "the key counts no more") {
                try await router.ask("+358401234567").status == 401
            }
        }
    }
}
