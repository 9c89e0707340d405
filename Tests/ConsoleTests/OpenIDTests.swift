import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Operations
import Postgres
import Runtime
import Sandbox
import TestSupport
import Testing

@testable import Console

/// Signing in through the identity provider, which the sandbox plays.
@Suite struct OpenIDTests {
    private static let directory = "11111111-2222-4333-8444-555555555555"
    private static let client = "22222222-3333-4444-8555-666666666666"

    private func settings(_ authority: String) -> OpenIDSettings {
        var settings = OpenIDSettings(
            issuer: "\(authority)/\(Self.directory)/v2.0", clientID: Self.client, secret: Secret("demo-secret-one"))
        settings.name = "the sandbox"
        return settings
    }

    private func run(
        change: (inout OpenIDSettings) -> Void = { _ in }, clock: TestClock = TestClock(),
        _ body: (TestConsole, SandboxServer) async throws -> Void
    ) async throws {
        let sandbox = try await SandboxServer.start(SandboxConfiguration())
        var settings = settings(sandbox.addresses.authority)
        change(&settings)
        do {
            try await TestConsole.run(provider: OpenIDProvider(settings, client: .shared, clock: { clock.now })) {
                try await body($0, sandbox)
            }
        } catch {
            await sandbox.stop()
            throw error
        }
        await sandbox.stop()
    }

    /// Goes to the provider's page, chooses somebody, and returns the way back to the console.
    private func choose(_ browser: TestBrowser, _ user: String, to: String = "/") async throws -> String {
        let away = try await browser.get("/sign-in/provider?to=\(Query.encoded(to))")
        #expect(away.status == 303)
        let address = try #require(away.location)
        let page = TestBrowser(address: address)
        let choices = try await page.get("").text
        let link = try #require(
            choices.matches(of: /href="([^"]*)">([^<]*)<\/a> \(([^)]*)\)/).first { $0.3 == user }
        ).1.replacing("&amp;", with: "&")
        let base = address.prefix { $0 != "?" }
        let back = try #require(try await TestBrowser(address: String(base)).get(String(link)).location)
        #expect(back.hasPrefix("\(browser.address)/sign-in/return?code="))
        return String(back.dropFirst(browser.address.count))
    }

    @Test(
        .database,
        arguments: [
            ("viewer@demo.example", OperatorRole.viewer), ("operator@demo.example", .operator),
            ("administrator@demo.example", .administrator),
        ])
    func `whoever the provider vouches for comes in with the role it gives`(user: String, role: OperatorRole) async throws {
        try await run { console, _ async throws in
            let browser = console.browser()
            #expect(try await browser.get("/sign-in").contains("Sign in with the sandbox"))
            let answer = try await browser.get(try await choose(browser, user, to: "/jobs?state=dead"))
            #expect(answer.status == 303 && answer.location == "/jobs?state=dead")
            let page = try await browser.get("/account")
            #expect(page.status == 200 && page.contains(user) && page.contains("\(role.rawValue): "))
            #expect(page.contains("the identity provider") && !page.contains("Another password"))
            let account = try await OperatorAccountStore(database: console.database).named(user)
            #expect(account.role == role && account.issuer?.hasSuffix("/v2.0") == true)
            #expect(try await console.audit("console.sign_in").first?.who == user)
            // Again: the same operator, a new session.
            let again = console.browser()
            #expect(try await again.get(try await choose(again, user)).status == 303)
            #expect(try await OperatorAccountStore(database: console.database).all().count == 1)
            // No password of ours opens that account.
            #expect(try await console.browser().signIn(user, TestConsole.password).status == 403)
        }
    }

    @Test(.database) func `without a role there is no way in`() async throws {
        try await run { console, _ async throws in
            let browser = console.browser()
            let answer = try await browser.get(try await choose(browser, "stranger@demo.example"))
            #expect(answer.status == 403 && answer.contains("no role for the console"))
            #expect(try await browser.get("/jobs").status == 303)
            #expect(try await OperatorAccountStore(database: console.database).all().isEmpty)
            #expect(try await console.audit("console.sign_in_refused").first?.detail?.contains("role") == true)
        }
    }

    @Test(.database) func `the way back is good once, and in the browser that went away`() async throws {
        try await run { console, _ async throws in
            let browser = console.browser()
            let back = try await choose(browser, "viewer@demo.example")
            let thief = console.browser()
            _ = try await thief.get("/sign-in")
            #expect(try await thief.get(back).status == 403)
            #expect(try await console.browser().get(back).status == 403)
            #expect(try await browser.get(back).status == 303)
            let again = try await browser.get(back)
            #expect(again.status == 403 && again.contains("not begun in this browser"))
            // Another state than the one that was given.
            let other = console.browser()
            let forged = try await choose(other, "viewer@demo.example").replacing(/state=[^&]*/, with: "state=made-up")
            #expect(try await other.get(forged).status == 403)
            // Too late.
            let late = console.browser()
            let path = try await choose(late, "viewer@demo.example")
            try await console.sql("UPDATE hub.operator_challenge SET expires_at = now() - interval '1 s'")
            #expect(try await late.get(path).status == 403)
        }
    }

    @Test(.database) func `the provider may change its keys at any time`() async throws {
        let clock = TestClock()
        try await run(clock: clock) { console, sandbox async throws in
            let browser = console.browser()
            #expect(try await browser.get(try await choose(browser, "viewer@demo.example")).status == 303)
            var rotate = HTTPClientRequest(url: "\(sandbox.addresses.admin)/admin/dataverse/rotate-keys")
            rotate.method = .POST
            #expect(try await HTTPClient.shared.execute(rotate, timeout: .seconds(10)).status == .ok)
            // Keys that were read a moment ago are not asked for again, so that made-up tokens can't make us ask on and on.
            let early = console.browser()
            let answer = try await early.get(try await choose(early, "viewer@demo.example"))
            #expect(answer.status == 403 && answer.contains("a key that the provider does not show"))
            clock.advance(.seconds(60))
            let later = console.browser()
            #expect(try await later.get(try await choose(later, "viewer@demo.example")).status == 303)
        }
    }

    @Test(.database) func `a name that a local operator has is told apart`() async throws {
        try await run { console, _ async throws in
            try await console.addOperator("Viewer@demo.example", .administrator)
            let browser = console.browser()
            #expect(try await browser.get(try await choose(browser, "viewer@demo.example")).status == 303)
            let accounts = try await OperatorAccountStore(database: console.database).all()
            #expect(accounts.count == 2)
            #expect(accounts.first { !$0.isLocal }?.name.hasPrefix("viewer@demo.example (the sandbox ") == true)
            #expect(try await browser.get("/operators").status == 403)
        }
    }

    @Test(.database) func `who is disabled here stays out, whatever the provider says`() async throws {
        try await run { console, _ async throws in
            let browser = console.browser()
            #expect(try await browser.get(try await choose(browser, "viewer@demo.example")).status == 303)
            try await OperatorAccountStore(database: console.database).set(disabled: true, of: "viewer@demo.example", who: "test")
            #expect(try await browser.get("/jobs").status == 303)
            let again = console.browser()
            let answer = try await again.get(try await choose(again, "viewer@demo.example"))
            #expect(answer.status == 403 && answer.contains("disabled here"))
        }
    }

    @Test(.database) func `a wrong secret, another issuer and a provider that is away are told in words`() async throws {
        try await run(change: { $0.secret = Secret("not-the-secret") }) { console, _ async throws in
            let browser = console.browser()
            let answer = try await browser.get(try await choose(browser, "viewer@demo.example"))
            #expect(answer.status == 403 && answer.contains("AADSTS7000215") && !answer.contains("not-the-secret"))
        }
        try await run(change: { $0.issuer = $0.issuer.replacing(Self.directory, with: "demo.example") }) {
            console, _ async throws in
            let answer = try await console.browser().get("/sign-in/provider")
            #expect(answer.status == 502 && answer.contains("the provider calls itself"))
        }
        try await run(change: { $0.issuer = "http://127.0.0.1:9/none/v2.0" }) { console, _ async throws in
            let away = try await console.browser().get("/sign-in/provider")
            #expect(away.status == 502)
        }
        try await run { console, _ async throws in
            let browser = console.browser()
            _ = try await browser.get("/sign-in")
            let said = try await browser.get("/sign-in/return?error=access_denied&error_description=%3Cscript%3Ealert(1)&state=x")
            #expect(said.status == 403 && said.contains("access_denied") && !said.contains("<script>alert"))
        }
    }

    @Test(.database) func `going away is limited for each address`() async throws {
        try await run { console, _ async throws in
            let browser = console.browser()
            for _ in 0..<20 { #expect(try await browser.get("/sign-in/provider").status == 303) }
            #expect(try await browser.get("/sign-in/provider").status == 429)
        }
    }

    @Test func `how the token is checked`() throws {
        let settings = settings("https://login.example")
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func claims(_ change: [String: Any?]) -> Data {
            var claims: [String: Any] = [
                "iss": settings.issuer, "aud": Self.client, "exp": 1_800_003_600, "iat": 1_800_000_000, "nonce": "n", "sub": "s",
                "preferred_username": "somebody@login.example", "roles": ["Trunkline.Operator", "Other"],
            ]
            for (name, value) in change { claims[name] = value }
            return try! JSONSerialization.data(withJSONObject: claims)
        }
        let good = try IdentityClaims(claims([:]), settings: settings, nonce: "n", now: now)
        #expect(good.name == "somebody@login.example" && good.subject == "s" && settings.role(good.roles) == .operator)
        let bad: [[String: Any?]] = [
            ["iss": "https://evil.example"], ["aud": "somebody else"], ["aud": [Self.client, "other"]], ["azp": "somebody else"],
            ["exp": 1_799_999_000], ["exp": nil], ["iat": 1_800_001_000], ["nbf": 1_800_001_000], ["nonce": "m"], ["nonce": nil],
            ["sub": ""], ["sub": nil],
        ]
        for change in bad {
            #expect(throws: OpenIDError.self, "\(change)") {
                try IdentityClaims(claims(change), settings: settings, nonce: "n", now: now)
            }
        }
        #expect(throws: OpenIDError.self) { try IdentityClaims(Data("nonsense".utf8), settings: settings, nonce: "n", now: now) }
        // Clocks may differ a little.
        _ = try IdentityClaims(claims(["exp": 1_799_999_950, "iat": 1_800_000_060]), settings: settings, nonce: "n", now: now)
        _ = try IdentityClaims(
            claims(["aud": [Self.client, "other"], "azp": Self.client]), settings: settings, nonce: "n", now: now)
        #expect(settings.role([]) == nil)
        #expect(settings.role(["Trunkline.Viewer", "Trunkline.Administrator"]) == .administrator)
    }

    @Test(arguments: ["none", "HS256", "ES256", "RS512"]) func `tokens that are signed otherwise are none`(algorithm: String) {
        let head = Tokens.text(Array("{\"alg\":\"\(algorithm)\",\"kid\":\"k\"}".utf8))
        #expect(ProviderKeys.keyID(of: "\(head).e30.x") == nil)
        #expect(ProviderKeys.keyID(of: "\(Tokens.text(Array("{\"alg\":\"RS256\",\"kid\":\"k\"}".utf8))).e30.x") == "k")
    }

    @Test func `a signature that does not fit is refused`() async throws {
        let sandbox = try await SandboxServer.start(SandboxConfiguration())
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "\(sandbox.addresses.authority)/\(Self.directory)/discovery/v2.0/keys"), timeout: .seconds(10))
        let keys = try await ProviderKeys(Array(try await response.body.collect(upTo: 1 << 20).readableBytesView))
        let head = Tokens.text(Array("{\"alg\":\"RS256\"}".utf8))
        for token in ["\(head).e30.\(Tokens.text(Array(repeating: 1, count: 256)))", "\(head).e30.", "a.b", ""] {
            await #expect(throws: OpenIDError.self) { try await keys.payload(of: token) }
        }
        await sandbox.stop()
    }
}
