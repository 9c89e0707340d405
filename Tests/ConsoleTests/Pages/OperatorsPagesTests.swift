import Foundation
import Operations
import Postgres
import TestSupport
import Testing

@testable import Console

@Suite(.databaseEach) struct OperatorsPagesTests {
    private static let new = "quite another password"

    @Test func `an operator is added after a look, with a reason that is written down`() async throws {
        try await TestConsole.run { console in
            let browser = try await console.signIn(.administrator, name: "chief")
            let page = try await browser.get("/operators")
            #expect(page.contains("<form method=\"get\" action=\"/operators/add\"") && !page.contains("type=\"password\""))
            let path = "/operators/add?name=Night+Watch&role=operator"
            let (preview, done) = try await browser.act(path, reason: "a new colleague", change: [("password", Self.new)])
            #expect(preview.contains("Add Night Watch as operator") && preview.contains("type=\"password\""))
            #expect(done.status == 303 && done.location == "/operators")
            let entry = try #require(try await console.audit("operators.add").first { $0.target == "Night Watch" })
            #expect(entry.who == "chief" && entry.detail?.contains("a new colleague") == true)
            #expect(try await console.browser().signIn("night watch", Self.new).status == 303)
            #expect(try await browser.get(path).status == 409)
            #expect(try await browser.get("/operators/add?name=x&role=king").status == 400)
        }
    }

    @Test func `another password is given after a look, with a reason, and signs its owner out`() async throws {
        try await TestConsole.run { console in
            let owner = try await console.signIn(.viewer, name: "owner")
            let browser = try await console.signIn(.administrator)
            let path = "/operators/password?name=owner"
            let (preview, done) = try await browser.act(path, reason: "it was forgotten", change: [("password", Self.new)])
            #expect(preview.contains("Give owner another password"))
            #expect(done.status == 303)
            #expect(try await console.audit("operators.password").first?.detail?.contains("it was forgotten") == true)
            #expect(try await owner.get("/").status == 303)
            #expect(try await console.browser().signIn("owner", Self.new).status == 303)
        }
    }

    @Test(arguments: [
        ("short", "of a test"), ("aaaaaaaaaaaaaaaa", "of a test"), ("the owner two has this", "of a test"), (new, ""),
    ])
    func `without a proper password and a reason nothing is done, and what was typed is not shown`(
        password: String, reason: String
    )
        async throws
    {
        try await TestConsole.run { console in
            try await console.addOperator("owner", .viewer)
            let browser = try await console.signIn(.administrator)
            for path in ["/operators/password?name=owner", "/operators/add?name=owner+two&role=viewer"] {
                let (_, answer) = try await browser.act(path, reason: reason, change: [("password", password)])
                #expect(answer.status == 422 && !answer.contains("value=\"\(password)\""), "\(path)")
            }
            #expect(try await console.audit("operators.password").isEmpty)
            #expect(try await console.browser().signIn("owner", TestConsole.password).status == 303)
        }
    }
}
