import Foundation
import NIOHTTP1
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct HeadersTests {
    @Test func `every answer says what browsers may do with it`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.administrator)
            let nobody = console.browser()
            let style = try #require(try await browser.get("/").text.firstMatch(of: /href="(\/assets\/[^"]+\.css)"/)).1
            var answers = try await ["/", "/jobs", "/operators", "/nowhere", String(style)].asyncMap { try await browser.get($0) }
            answers += try await ["/", "/sign-in", "/nowhere", "/live?of=x", String(style)].asyncMap { try await nobody.get($0) }
            answers.append(try await browser.post("/jobs/cancel", []))
            for answer in answers {
                #expect(answer.header("content-security-policy") == SecurityHeaders.policy)
                #expect(answer.header("x-content-type-options") == "nosniff")
                #expect(answer.header("referrer-policy") == "same-origin")
                #expect(answer.header("x-frame-options") == "DENY")
                #expect(answer.header("server") == nil)
                // Plain HTTP on this machine: a browser told otherwise would never come back.
                #expect(answer.header("strict-transport-security") == nil)
            }
            for answer in answers where answer.header("content-type")?.hasPrefix("text/html") == true {
                #expect(answer.header("cache-control") == "no-store")
            }
        }
    }

    @Test func `the policy lets in nothing but our own files`() {
        let policy = Dictionary(
            uniqueKeysWithValues: SecurityHeaders.policy.split(separator: ";").map { part in
                let words = part.split(separator: " ")
                return (String(words[0]), words.dropFirst().joined(separator: " "))
            })
        #expect(policy["default-src"] == "'none'" && policy["frame-ancestors"] == "'none'" && policy["base-uri"] == "'none'")
        for source in ["style-src", "script-src", "connect-src", "img-src", "form-action"] { #expect(policy[source] == "'self'") }
        #expect(!SecurityHeaders.policy.contains("unsafe"))
    }

    @Test func `files of the console may be kept for good, under a name that changes with them`() async throws {
        try await TestConsole.run { console in
            let browser = console.browser()
            for name in ["console.css", "console.js", "icon.svg"] {
                let answer = try await browser.get(AssetStore.standard.path(name))
                #expect(answer.status == 200)
                #expect(answer.header("cache-control")?.contains("immutable") == true)
                #expect(answer.text == EmbeddedAssets.files.first { $0.name == name }?.text)
            }
            #expect(try await browser.get("/assets/console.css").status == 404)
            #expect(try await browser.get("/assets/..%2f..%2fetc%2fpasswd").status == 404)
        }
    }

    @Test func `what is not there, not meant or broken has a page of its own`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer)
            #expect(try await browser.get("/nowhere").status == 404)
            #expect(try await browser.get("/nowhere").contains("<h1>Not found</h1>"))
            #expect(try await browser.get("/jobs/99999999").contains("<h1>Not found</h1>"))
            #expect(try await browser.get("/operators").contains("<h1>Not allowed</h1>"))
            #expect(try await browser.post("/jobs", []).status == 404)
            // The database has something else under that name now.
            try await console.sql("ALTER TABLE hub.operator_action RENAME TO operator_action_gone")
            let broken = try await browser.get("/audit")
            #expect(broken.status == 500)
            #expect(broken.contains("Something went wrong") && !broken.contains("operator_action") && !broken.contains("SELECT"))
            try await console.sql("ALTER TABLE hub.operator_action_gone RENAME TO operator_action")
            #expect(try await browser.get("/audit").status == 200)
        }
    }

    @Test func `a page that takes the database too long says so`() async throws {
        try await TestConsole.run(settings: { $0.pagePatience = .seconds(1) }) { console in
            let browser = try await console.signIn(.viewer)
            try await console.database.withTransaction { connection in
                try await connection.run(script: "LOCK TABLE hub.operator_action")
                let answer = try await browser.get("/audit")
                #expect(answer.status == 503)
                #expect(answer.contains("Took too long") && answer.header("retry-after") == "5")
            }
            try await eventually("it is shown again") { try await browser.get("/audit").status == 200 }
        }
    }

    @Test func `looks are a choice of the browser's`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.viewer)
            #expect(try await browser.get("/").contains("data-theme=\"system\""))
            let token = try await browser.formToken()
            let answer = try await browser.post("/appearance?theme=dark", [("token", token), ("to", "/jobs?state=dead")])
            #expect(answer.status == 303 && answer.location == "/jobs?state=dead")
            #expect(try await browser.get("/").contains("data-theme=\"dark\""))
            _ = try await browser.post("/appearance?theme=nonsense", [("token", token), ("to", "//evil.example")])
            #expect(try await browser.get("/").contains("data-theme=\"dark\""))
        }
    }
}

extension Sequence {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var values: [T] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
