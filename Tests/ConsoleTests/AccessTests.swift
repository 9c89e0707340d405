import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

/// What each role may see and do: asked of the real routes, one by one.
@Suite struct AccessTests {
    @Test(.database, arguments: OperatorRole.allCases) func `a role sees and previews what it may, and nothing else`(
        role: OperatorRole
    ) async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(role)
            for page in ConsoleFeatures.pages where !page.path.contains(":") {
                let status = try await browser.get(page.path).status
                #expect((status == 403) == (role < page.needs), "\(page.path): \(status)")
                #expect(status < 500, "\(page.path): \(status)")
            }
            for action in ConsoleFeatures.actions {
                let status = try await browser.get(action.path).status
                #expect((status == 403) == (role < action.needs), "\(action.path): \(status)")
                #expect(status < 500, "\(action.path): \(status)")
            }
        }
    }

    @Test(.database, arguments: OperatorRole.allCases) func `the server refuses what a role may not do, whatever is sent`(
        role: OperatorRole
    ) async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(role)
            let token = try await browser.formToken()
            let before = try await console.audit().count
            for action in ConsoleFeatures.actions where role < action.needs {
                let answer = try await browser.post(
                    action.path, [("token", token), ("confirmed", "yes"), ("count", "1"), ("reason", "because")])
                #expect(answer.status == 403, "\(action.path)")
                #expect(answer.contains("Your role does not allow this"), "\(action.path)")
            }
            for form in ConsoleFeatures.forms where role < form.needs {
                #expect(try await browser.post(form.path, [("token", token)]).status == 403, "\(form.path)")
            }
            #expect(try await console.audit().count == before)
        }
    }

    @Test(.database) func `a form without this session's token, or from another site, does nothing`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.administrator)
            let other = try await console.signIn(.administrator)
            let (token, others) = (try await browser.formToken(), try await other.formToken())
            #expect(token != others)
            let before = try await console.audit().count
            let routes = ConsoleFeatures.actions.map(\.path) + ConsoleFeatures.forms.map(\.path) + ["/appearance?theme=dark"]
            for path in routes {
                for wrong in ["", "x", others, String(token.dropLast()) + "A"] where wrong != token {
                    #expect(
                        try await browser.post(path, [("token", wrong), ("confirmed", "yes")]).status == 403, "\(path) \(wrong)")
                }
                for marks in [
                    [("Origin", "https://evil.example")], [("Origin", "null")], [("Sec-Fetch-Site", "cross-site")],
                    [("Sec-Fetch-Site", "same-site")],
                ] {
                    #expect(
                        try await browser.post(path, [("token", token), ("confirmed", "yes")], headers: marks).status == 403,
                        "\(path) \(marks)")
                }
            }
            #expect(try await console.audit().count == before)
            #expect(try await browser.get("/jobs").status == 200)
        }
    }

    @Test(.database) func `pages hide what one may not do`() async throws {
        try await TestConsole.run { console in
            try await Fixtures.add(to: console)
            let viewer = try await console.signIn(.viewer)
            let chief = try await console.signIn(.administrator)
            for path in ["/jobs?state=dead", "/jobs/901"] {
                let seen = try await viewer.get(path)
                #expect(seen.status == 200)
                for action in ConsoleFeatures.actions {
                    #expect(!seen.contains("href=\"\(action.path)"), "\(path): \(action.path)")
                }
                #expect(try await chief.get(path).contains("href=\"/jobs/retry?"))
            }
            #expect(!(try await viewer.get("/").contains("href=\"/operators\"")))
            #expect(try await chief.get("/").contains("href=\"/operators\""))
        }
    }

    @Test(.database) func `what is no form, or too large a one, is refused`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.operator)
            let token = try await browser.formToken()
            let large = try await browser.post("/sign-out", [("token", token), ("x", String(repeating: "a", count: 20_000))])
            #expect(large.status == 413)
            #expect(
                try await browser.post("/sign-out", [("token", token)], headers: [("Content-Type", "text/plain")]).status != 303)
            #expect(try await browser.get("/jobs").status == 200)
        }
    }
}
