import NIOHTTP1
import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite struct SignInTests {
    private func form(_ browser: TestBrowser, _ name: String, _ password: String, token: String? = nil) async throws
        -> TestBrowser.Answer
    {
        let page = try await browser.get("/sign-in")
        return try await browser.post(
            "/sign-in",
            [("token", token ?? page.hidden("token") ?? ""), ("name", name), ("password", password), ("to", "/jobs?state=dead")])
    }

    @Test(.database) func `the right password leads to the page that was asked for, and is written down`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("Night Watch", .operator)
            let browser = console.browser()
            let away = try await browser.get("/jobs?state=dead")
            #expect(away.status == 303)
            #expect(away.location == "/sign-in?to=%2Fjobs%3Fstate%3Ddead")
            // Case does not matter in a name.
            let answer = try await form(browser, "night watch", TestConsole.password)
            #expect(answer.status == 303)
            #expect(answer.location == "/jobs?state=dead")
            let cookie = try #require(answer.setCookies.first { $0.hasPrefix("trunkline-session=") })
            #expect(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/"))
            #expect(!cookie.contains("Domain") && !cookie.contains("Expires") && !cookie.contains("Max-Age"))
            #expect(try await browser.get("/jobs").contains("Night Watch"))
            let entry = try #require(try await console.audit("console.sign_in").first)
            #expect(entry.who == "Night Watch")
            #expect(entry.detail?.contains("127.0.0.1") == true)
        }
    }

    @Test(.database) func `a wrong password, an unknown name and a disabled operator get the same answer`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("known", .viewer)
            try await console.addOperator("gone", .viewer)
            try await console.addOperator("chief", .administrator)
            try await OperatorAccountStore(database: console.database).set(disabled: true, of: "gone", who: "test")
            var pages: [String] = []
            for (name, password) in [
                ("known", "not the password at all"), ("nobody", TestConsole.password), ("gone", TestConsole.password),
            ] {
                let answer = try await form(console.browser(), name, password)
                #expect(answer.status == 403)
                #expect(answer.setCookies.allSatisfy { !$0.contains("session") })
                pages.append(
                    answer.text.replacing(/value="[^"]*"/, with: "").replacing(name, with: ""))
            }
            #expect(Set(pages).count == 1)
            let refusals = try await console.audit("console.sign_in_refused")
            #expect(refusals.map(\.who).sorted() == ["known", "nobody", "nobody"])
            #expect(refusals.allSatisfy { $0.detail?.contains("gone") == false })
        }
    }

    @Test(.database)
    func `an account is locked for a growing time but half a minute at most, and the right password does not open it meanwhile`()
        async throws
    {
        try await TestConsole.run { console in
            try await console.addOperator("target", .administrator)
            let store = SignInStore(database: console.database)
            for _ in 0..<5 { #expect(try await store.attempt(name: "target") != nil) }
            #expect(try await store.attempt(name: "target") == nil)
            let seconds = try await lockSeconds(console)
            #expect((3...5).contains(seconds))
            // Longer, since a form may take a while where much else is to be done.
            try await console.sql("UPDATE hub.operator SET locked_until = now() + interval '1 minute'")
            let answer = try await form(console.browser(), "target", TestConsole.password)
            #expect(answer.status == 403)
            // Each further wrong one after the lock doubles it, but nobody is kept out by others for long.
            var last = seconds
            for _ in 0..<2 {
                try await console.sql("UPDATE hub.operator SET locked_until = now() - interval '1 s'")
                #expect(try await store.attempt(name: "target") != nil)
                let next = try await lockSeconds(console)
                #expect(next > last * 1.5)
                last = next
            }
            try await console.sql("UPDATE hub.operator SET failures = 1000, locked_until = NULL")
            #expect(try await store.attempt(name: "target") != nil)
            let longest = try await lockSeconds(console)
            #expect((28...30).contains(longest.rounded()))
            // When it is over the right password opens it, and the count begins anew.
            try await console.sql("UPDATE hub.operator SET locked_until = now() - interval '1 s'; DELETE FROM hub.operator_guess")
            #expect(try await form(console.browser(), "target", TestConsole.password).status == 303)
            let failures = try await console.database.query(
                Statement("", "SELECT failures, locked_until IS NULL FROM hub.operator"))[0]
            let (count, isUnlocked) = try failures.decode(Int32.self, Bool.self)
            #expect(count == 0 && isUnlocked)
        }
    }

    private func lockSeconds(_ console: TestConsole) async throws -> Double {
        let rows = try await console.database.query(
            Statement("", "SELECT extract(epoch FROM locked_until - now())::float8 FROM hub.operator WHERE name = 'target'"))
        return try rows[0][0].decode(Double.self)
    }

    @Test(.database) func `a password that is replaced while it is looked at signs nobody in`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("me", .viewer)
            try await console.replacePasswords(whenLookedAtWith: "quite another password")
            #expect(try await form(console.browser(), "me", TestConsole.password).status == 403)
            let sessions = try await console.database.query(Statement("", "SELECT count(*) FROM hub.operator_session"))[0].decode(
                Int64.self)
            #expect(sessions == 0)
            #expect(try await console.audit("console.sign_in").isEmpty)
            #expect(try await console.audit("console.sign_in_refused").map(\.who) == ["me"])
        }
    }

    @Test(.database) func `one's own new password does not undo one that was given meanwhile`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer, name: "me")
            let token = try await browser.formToken()
            try await console.replacePasswords(whenLookedAtWith: "quite another password")
            let new = "a new password of my own"
            let answer = try await browser.post(
                "/account/password", [("token", token), ("old", TestConsole.password), ("new", new), ("again", new)])
            #expect(answer.status == 409 && answer.contains("was changed meanwhile"))
            let hash = try await console.database.query(Statement("", "SELECT password FROM hub.operator"))[0].decode(String.self)
            #expect(try #require(PasswordHash(hash)).fits("quite another password"))
            #expect(try await console.audit("operators.password").isEmpty)
        }
    }

    @Test(.database) func `many attempts at once are no more than one after another`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("target", .viewer)
            let store = SignInStore(database: console.database)
            let looked = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<30 { group.addTask { try await store.attempt(name: "target") != nil } }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(looked == 5)
        }
    }

    @Test(.database) func `an address waits longer and longer, whatever names it tries`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("fine", .viewer)
            for number in 0..<10 {
                #expect(try await form(console.browser(), "guess\(number)", "some password or other").status == 403)
            }
            let answer = try await form(console.browser(), "fine", TestConsole.password)
            #expect(answer.status == 429)
            #expect(answer.header("retry-after").flatMap { Int($0) }.map { (1...5).contains($0) } == true)
            #expect(answer.contains("your address"))
            // After an hour without, it is forgotten.
            try await console.sql(
                "UPDATE hub.operator_guess SET last_at = now() - interval '2 hours', locked_until = now() - interval '1 hour'")
            #expect(try await form(console.browser(), "fine", TestConsole.password).status == 303)
        }
    }

    @Test(.database) func `whoever has an account can't buy guesses at others with it`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("mine", .viewer)
            try await console.addOperator("target", .administrator)
            var guesses = 0
            // Nine wrong ones, then one's own right one, and on: the guesses at the other name stay counted.
            while guesses < 40 {
                try await console.sql("UPDATE hub.operator SET failures = 0, locked_until = NULL")
                let isOwn = guesses > 0 && guesses.isMultiple(of: 4)
                if isOwn, try await form(console.browser(), "mine", TestConsole.password).status == 429 { break }
                guard try await form(console.browser(), "target", "not the password at all").status == 403 else { break }
                guesses += 1
            }
            #expect(guesses == 10)
        }
    }

    @Test(.database) func `one's own wrong ones are forgiven with the right one, on the address too`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("mine", .viewer)
            try await console.addOperator("other", .viewer)
            for name in ["mine", "mine", "mine", "other"] {
                #expect(try await form(console.browser(), name, "not the password at all").status == 403)
            }
            #expect(try await addressFailures(console) == 4)
            #expect(try await form(console.browser(), "mine", TestConsole.password).status == 303)
            #expect(try await addressFailures(console) == 1)
            #expect(try await form(console.browser(), "mine", TestConsole.password).status == 303)
            #expect(try await addressFailures(console) == 1)
            #expect(try await form(console.browser(), "other", TestConsole.password).status == 303)
            #expect(try await addressFailures(console) == 0)
        }
    }

    @Test(.database) func `what was wrong more than an hour ago is not forgiven once more`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("mine", .viewer)
            try await console.addOperator("other", .viewer)
            for _ in 0..<3 { #expect(try await form(console.browser(), "mine", "not the password at all").status == 403) }
            try await console.sql("UPDATE hub.operator_guess SET last_at = now() - interval '2 hours'")
            // The address' count begins anew with these.
            for _ in 0..<2 { #expect(try await form(console.browser(), "other", "not the password at all").status == 403) }
            #expect(try await addressFailures(console) == 2)
            #expect(try await form(console.browser(), "mine", TestConsole.password).status == 303)
            #expect(try await addressFailures(console) == 2)
        }
    }

    private func addressFailures(_ console: TestConsole) async throws -> Int32 {
        try await console.database.query(
            Statement("", "SELECT coalesce(sum(failures), 0)::integer FROM hub.operator_guess WHERE source NOT LIKE '% %'"))[0]
            .decode(
                Int32.self)
    }

    @Test(.database) func `attempts at a name that has to wait name it, and those from an address that has to are told once`()
        async throws
    {
        try await TestConsole.run { console in
            try await console.addOperator("target", .administrator)
            try await console.sql("UPDATE hub.operator SET failures = 6, locked_until = now() + interval '1 minute'")
            #expect(try await form(console.browser(), "target", TestConsole.password).status == 403)
            let named = try #require(try await console.audit("console.sign_in_refused").first)
            #expect(named.who == "target" && named.detail?.contains("\"waits\": \"name\"") == true)

            try await console.sql(
                "UPDATE hub.operator_guess SET failures = 12, locked_until = now() + interval '1 minute' WHERE source = '127.0.0.1'"
            )
            for name in ["target", "target", "a password typed here"] {
                #expect(try await form(console.browser(), name, "some password or other").status == 429)
            }
            var told = try await console.audit("console.sign_in_refused").filter { $0.detail?.contains("address\"") == true }
            told = told.filter { $0.detail?.contains("\"waits\": \"address\"") == true }
            #expect(told.map(\.who) == ["target"])
            // The next time it has to wait is told again.
            try await console.sql(
                "UPDATE hub.operator_guess SET locked_until = now() + interval '2 minutes' WHERE source = '127.0.0.1'")
            #expect(try await form(console.browser(), "a password typed here", "some password or other").status == 429)
            let all = try await console.audit("console.sign_in_refused").filter {
                $0.detail?.contains("\"waits\": \"address\"") == true
            }
            #expect(all.map(\.who) == ["nobody", "target"])
        }
    }

    @Test(.database) func `the sign-in form is taken from the browser it was given to, and from our page`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("me", .viewer)
            let stranger = try await console.browser().get("/sign-in").hidden("token")
            let browser = console.browser()
            #expect(try await form(browser, "me", TestConsole.password, token: stranger).status == 403)
            let token = try await browser.get("/sign-in").hidden("token") ?? ""
            let fields = [("token", token), ("name", "me"), ("password", TestConsole.password), ("to", "/")]
            for marks in [[("Origin", "https://evil.example")], [("Sec-Fetch-Site", "cross-site")], [("Origin", "null")]] {
                #expect(try await browser.post("/sign-in", fields, headers: marks).status == 403)
            }
            #expect(try await browser.post("/sign-in", fields).status == 303)
            let attempts = try await console.database.query(Statement("", "SELECT failures FROM hub.operator"))[0].decode(
                Int32.self)
            #expect(attempts == 0)
        }
    }

    @Test(.database) func `over plain HTTP from another machine nobody can sign in`() async throws {
        try await TestConsole.run { console in
            try await console.addOperator("me", .viewer)
            let browser = console.browser()
            let page = try await browser.get("/sign-in", headers: [("Host", "console.example:8100")])
            #expect(page.contains("without TLS") && !page.contains("name=\"password\""))
            let answer = try await browser.post(
                "/sign-in", [("token", "x"), ("name", "me"), ("password", TestConsole.password)],
                headers: [("Host", "console.example:8100")])
            #expect(answer.status == 403)
        }
    }

    @Test(.database) func `passwords can be turned off`() async throws {
        try await TestConsole.run(settings: { $0.takesPasswords = false }) { console in
            try await console.addOperator("me", .viewer)
            let browser = console.browser()
            #expect(!(try await browser.get("/sign-in").contains("name=\"password\"")))
            #expect(try await form(browser, "me", TestConsole.password).status == 403)
        }
    }
}

extension TestConsole {
    /// Gives whoever's password is looked at another one right after its hash was read, as an administrator would at a bad moment.
    fileprivate func replacePasswords(whenLookedAtWith password: String) async throws {
        let hash = try PasswordHash(of: password, cost: .least)
        try await sql(
            """
            CREATE FUNCTION hub.replace_password() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                UPDATE hub.operator SET password = '\(hash.text)' WHERE operator_id = NEW.operator_id;
                RETURN NULL;
            END
            $$;
            CREATE TRIGGER replace_password AFTER UPDATE OF failures ON hub.operator
            FOR EACH ROW WHEN (NEW.failures > OLD.failures) EXECUTE FUNCTION hub.replace_password();
            """)
    }
}
