import Operations
import TestSupport
import Testing

@testable import Console

/// Whatever callers, vendors and operators write, pages show it and browsers don't obey it.
@Suite struct EscapingTests {
    @Test(.database) func `no page lets a text become a tag`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.administrator, name: "a \(Fixtures.evil)")
            let query = Query().setting("q", Fixtures.evil).setting("kind", Fixtures.evil).setting("key", Fixtures.evil)
                .setting("who", Fixtures.evil).setting("code", Fixtures.evil).setting("state", Fixtures.evil).encoded
            let plain = ConsoleFeatures.pages.map(\.path).filter { !$0.contains(":") }
            let filtered = plain.map { "\($0)?\(query)" }
            var shown = 0
            for path in plain + filtered + WalkedPages.all + ["/jobs/913", "/nowhere-\(query)"] {
                let answer = try await browser.get(path)
                #expect(answer.status < 500, "\(path): \(answer.status)")
                for tag in ["<script>alert", "<img src=x"] {
                    #expect(!answer.contains(tag), "\(path) holds \(tag)")
                }
                shown += answer.text.matches(of: /&lt;script&gt;alert\(1\)/).count
            }
            // They are there, as texts.
            #expect(shown > 20)
        }
    }

    @Test(.database) func `nor does a preview, its form or what it answers`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let browser = try await console.signIn(.administrator)
            for action in ConsoleFeatures.actions {
                let query = Query().setting("kind", Fixtures.evil).setting("name", Fixtures.evil).setting("tenant", Fixtures.evil)
                    .setting("key", Fixtures.evil).setting("reason", Fixtures.evil).setting("number", Fixtures.evil)
                for path in [query.link(action.path), "\(action.path)?state=dead"] {
                    let answer = try await browser.get(path)
                    #expect(answer.status < 500, "\(path): \(answer.status)")
                    #expect(!answer.contains("<script>alert") && !answer.contains("<img src=x"), "\(path)")
                }
            }
            let (_, done) = try await browser.act("/jobs/cancel?job=901", reason: Fixtures.evil)
            #expect(done.status == 303)
            let page = try await browser.get(done.location ?? "")
            #expect(page.contains("1 job cancelled."))
            #expect(!page.contains("<script>alert"))
        }
    }
}
