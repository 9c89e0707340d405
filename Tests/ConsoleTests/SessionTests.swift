import Foundation
import NIOHTTP1
import Operations
import Postgres
import Tenants
import TestSupport
import Testing

@testable import Console

@Suite struct SessionTests {
    private let name = "trunkline-session"

    @Test(.database) func `nothing is shown to who is not signed in, and nothing is done`() async throws {
        try await TestConsole.run { console in
            let browser = console.browser()
            for page in ConsoleFeatures.pages where !page.path.contains(":") {
                let answer = try await browser.get(page.path)
                #expect(answer.status == 303 && answer.location?.hasPrefix("/sign-in") == true, "\(page.path)")
            }
            for action in ConsoleFeatures.actions {
                #expect(try await browser.get(action.path).status == 303, "\(action.path)")
                #expect(try await browser.post(action.path, [("confirmed", "yes")]).status == 401, "\(action.path)")
            }
            for form in ConsoleFeatures.forms { #expect(try await browser.post(form.path, []).status == 401, "\(form.path)") }
            #expect(try await browser.get("/live?of=jobs.counts").status == 401)
        }
    }

    @Test(.database) func `signing in makes a new token and ends the old session`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer, name: "me")
            let old = try #require(browser.cookies[name])
            // A token that somebody planted before is not taken over.
            let planted = console.browser()
            planted.set(cookie: name, "planted-by-somebody-else")
            try await console.sql("DELETE FROM hub.operator_guess")
            #expect(try await planted.signIn("me", TestConsole.password).status == 303)
            #expect(planted.cookies[name] != "planted-by-somebody-else")
            // Again in the same browser, signed out as far as the page knows.
            let page = try await console.browser().get("/sign-in")
            browser.set(cookie: "trunkline-visitor", page.hidden("token"))
            let answer = try await browser.post(
                "/sign-in",
                [("token", page.hidden("token") ?? ""), ("name", "me"), ("password", TestConsole.password), ("to", "/")])
            #expect(answer.status == 303)
            #expect(browser.cookies[name] != old)
            let thief = console.browser()
            thief.set(cookie: name, old)
            #expect(try await thief.get("/jobs").status == 303)
        }
    }

    @Test(.database) func `the table holds no token, and a made-up one opens nothing`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer)
            let token = try #require(browser.cookies[name])
            #expect(Tokens.bytes(token)?.count == 32)
            let kept = try await console.database.query(Statement("", "SELECT digest, form_key FROM hub.operator_session"))[0]
                .decode(
                    [UInt8].self, [UInt8].self)
            #expect(kept.0 == Tokens.digest(token))
            #expect(kept.0 != Tokens.bytes(token)! && kept.1 != Tokens.bytes(token)!)
            let other = console.browser()
            for made in [Tokens.text(Tokens.random()), Tokens.text(kept.0), "", "'; DROP TABLE hub.operator; --"] {
                other.set(cookie: name, made)
                #expect(try await other.get("/jobs").status == 303)
            }
        }
    }

    @Test(.database) func `two cookies of one name are none: somebody set one of them`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer)
            let token = try #require(browser.cookies[name])
            let other = console.browser()
            #expect(try await other.get("/jobs", headers: [("Cookie", "\(name)=\(token)")]).status == 200)
            #expect(try await other.get("/jobs", headers: [("Cookie", "\(name)=\(token); \(name)=other")]).status == 303)
        }
    }

    @Test(.database) func `a session ends when nothing is asked for, and in any case after its time`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer)
            try await console.sql("UPDATE hub.operator_session SET seen_at = now() - interval '59 minutes'")
            // This counts as a sign of life.
            #expect(try await browser.get("/jobs").status == 200)
            let seen = try await console.database.query(
                Statement("", "SELECT seen_at > now() - interval '1 minute' FROM hub.operator_session"))[0].decode(Bool.self)
            #expect(seen)
            try await console.sql("UPDATE hub.operator_session SET seen_at = now() - interval '61 minutes'")
            #expect(try await browser.get("/jobs").status == 303)
            try await console.sql("UPDATE hub.operator_session SET seen_at = now(), expires_at = now() - interval '1 s'")
            #expect(try await browser.get("/jobs").status == 303)
            await ConsoleChores(services: console.services).once()
            let left = try await console.database.query(Statement("", "SELECT count(*) FROM hub.operator_session"))[0].decode(
                Int64.self)
            #expect(left == 0)
        }
    }

    @Test(.database) func `signing out ends this session, signing out everywhere all of them`() async throws {
        try await TestConsole.run { console in
            let one = try await console.signIn(.viewer, name: "me")
            let browsers = [console.browser(), console.browser()]
            for browser in browsers { #expect(try await browser.signIn("me", TestConsole.password).status == 303) }
            let out = try await one.post("/sign-out", [("token", try await one.formToken())])
            #expect(out.status == 303 && out.location == "/sign-in")
            #expect(try await one.get("/jobs").status == 303)
            #expect(try await browsers[0].get("/jobs").status == 200)
            _ = try await browsers[0].post("/sign-out/everywhere", [("token", try await browsers[0].formToken())])
            for browser in browsers { #expect(try await browser.get("/jobs").status == 303) }
            #expect(try await console.audit().prefix(2).map(\.action) == ["console.sign_out_everywhere", "console.sign_out"])
        }
    }

    @Test(.database) func `who is disabled or gets another password is out at once; another role counts from the next request`()
        async throws
    {
        try await TestConsole.run { console in
            _ = try await console.signIn(.administrator)
            let accounts = OperatorAccountStore(database: console.database)
            let browser = try await console.signIn(.viewer, name: "me")
            #expect(try await browser.get("/operators").status == 403)
            try await accounts.set(role: .administrator, of: "me", who: "test")
            #expect(try await browser.get("/operators").status == 200)
            try await accounts.set(password: try PasswordHash(of: "another long password", cost: .least), of: "me", who: "test")
            #expect(try await browser.get("/jobs").status == 303)
            #expect(try await browser.signIn("me", "another long password").status == 303)
            try await accounts.set(disabled: true, of: "me", who: "test")
            #expect(try await browser.get("/jobs").status == 303)
        }
    }

    @Test(.database) func `behind a proxy with TLS cookies are the browser's own secret`() async throws {
        try await TestConsole.run(settings: { $0.publicURL = "https://console.example" }) { console in
            try await console.addOperator("me", .viewer)
            let browser = console.browser()
            let page = try await browser.get("/sign-in")
            let answer = try await browser.post(
                "/sign-in",
                [("token", page.hidden("token") ?? ""), ("name", "me"), ("password", TestConsole.password), ("to", "/")],
                headers: [("Origin", "https://console.example")])
            #expect(answer.status == 303)
            let cookie = try #require(answer.setCookies.first { $0.contains("session") })
            #expect(cookie.hasPrefix("__Host-trunkline-session=") && cookie.contains("; Secure") && cookie.contains("; HttpOnly"))
            #expect(answer.header("strict-transport-security") == "max-age=31536000")
            #expect(try await browser.get("/jobs").status == 200)
        }
    }

    @Test(.database) func `a proxy is believed only where it is named`() async throws {
        for (proxies, hops, expected) in [
            (nil, "6.6.6.6, 203.0.113.9", "127.0.0.1"), ("127.0.0.0/8", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.0/8", "6.6.6.6, 203.0.113.9", "127.0.0.1"), (",", "6.6.6.6, 203.0.113.9", "127.0.0.1"),
            // One who guesses has another port with each connection, and may be within the proxies' networks.
            ("127.0.0.0/8", "6.6.6.6, 203.0.113.9:4711", "203.0.113.9"), ("127.0.0.0/8", "6.6.6.6, 127.0.0.9", "127.0.0.9"),
        ] as [(String?, String, String)] {
            let forwarded = [("X-Forwarded-For", hops), ("X-Forwarded-Proto", "https")]
            try await TestConsole.run(settings: { $0.proxies = try? proxies.map { try .init($0) } }) { console in
                let browser = console.browser()
                let page = try await browser.get("/sign-in", headers: forwarded)
                _ = try await browser.post(
                    "/sign-in", [("token", page.hidden("token") ?? ""), ("name", "x"), ("password", "y")], headers: forwarded)
                let source = try await console.database.query(Statement("", "SELECT source FROM hub.operator_guess"))[0].decode(
                    String.self)
                #expect(source == expected)
                try await console.sql("DELETE FROM hub.operator_guess")
            }
        }
    }
}
