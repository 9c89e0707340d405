import Foundation
import Testing
import TestSupport

@testable import Router

/// Whatever comes in: clear refusals where the input is wrong, 204 where the caller is merely unknown, never a 5xx.
@Suite(.database) struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var body: String
        var status: Int
        var detail: String

        init(_ name: String, _ body: String, _ status: Int, _ detail: String = "") {
            (testDescription, self.body, self.status, self.detail) = (name, body, status, detail)
        }
    }

    private static func question(_ anum: String) -> String { #"{"anum": \#(anum), "bnum": "+35893100500"}"# }

    static let cases = [
        Case("nothing", "", 400, "an object was expected"),
        Case("not JSON", "anum=+358401234567", 400, "Not JSON"),
        Case("half of JSON", #"{"anum": "+3584012345"#, 400, "a string does not end"),
        Case("two values", question("\"+358401234567\"") + "{}", 400, "nothing more was expected"),
        Case("a trailing comma", #"{"anum": "+358401234567", "bnum": "+35893100500",}"#, 400, "Not JSON"),
        Case("JSON of another shape: a list", #"["+358401234567"]"#, 400, "an object was expected"),
        Case("JSON of another shape: a number for a text", question("358401234567"), 400, "`anum` is not a string"),
        Case(
            "JSON of another shape: extradata is a text", #"{"anum": "a", "bnum": "b", "extradata": "x"}"#, 400,
            "an object was expected"),
        Case(
            "JSON of another shape: a flag that is a text",
            #"{"anum": "a", "bnum": "b", "extradata": {"IsInternalCaller": "yes"}}"#, 400, "neither true nor false"),
        Case("missing anum", #"{"bnum": "+35893100500"}"#, 400, "`anum` is missing"),
        Case("null anum", question("null"), 400, "`anum` is not a string"),
        Case("missing bnum", #"{"anum": "+358401234567"}"#, 400, "`bnum` is missing"),
        Case("empty bnum", #"{"anum": "+358401234567", "bnum": ""}"#, 400, "`bnum` is missing"),
        Case("empty anum is a withheld number", question("\"\""), 204),
        Case("anonymous", question("\"anonymous\""), 204),
        Case("a SIP address", question("\"sip:alice@example.com\""), 204),
        Case("a SIP address of a number", question("\"sip:+358401234567@example.com\""), 200),
        Case("a number with blanks", question("\"+358 40 123 4567\""), 200),
        Case("a number without plus", question("\"358401234567\""), 200),
        Case("emoji", question("\"\u{1F4DE}\""), 204),
        Case("an escaped number", question(#""\u002b358401234567""#), 200),
        Case("half of a surrogate pair", question(#""\ud83d""#), 400, "surrogate"),
        Case("a null character", question(#""+35840\u00001234567""#), 204),
        Case("a line feed in a string", question("\"+358\n40\""), 400, "control character"),
        Case("a text of 10,000 letters", question("\"" + String(repeating: "9", count: 10_000) + "\""), 400, "longer than 256"),
        Case(
            "deep nesting", #"{"anum": "a", "bnum": "b", "x": "# + String(repeating: "[", count: 20_000), 400,
            "nested deeper than 32"),
        Case("deep nesting of objects", String(repeating: #"{"a":"#, count: 10_000), 400, "nested deeper than 32"),
        Case(
            "duplicate keys", #"{"anum": "+358401234567", "anum": "+358407654321", "bnum": "b"}"#, 400,
            "`anum` stands there twice"),
        Case(
            "duplicate keys in extradata", #"{"anum": "a", "bnum": "b", "extradata": {"CallId": "1", "CallId": "2"}}"#, 400,
            "`CallId` stands there twice"),
        Case("duplicate keys, one of them escaped", #"{"anum": "+358401234567", "\u0061num": "x", "bnum": "b"}"#, 400, "twice"),
        Case(
            "a thousand members", "{" + (0..<1000).map { "\"k\($0)\": 1" }.joined(separator: ",") + "}", 400,
            "more than 128 members"),
        Case(
            "unknown members are let be",
            #"{"anum": "+358401234567", "bnum": "+35893100500", "x": [1, {"y": -0.5e+3}, null, true], "targetid": null, "extradata": null}"#,
            200),
        Case("a number that is none", #"{"anum": "a", "bnum": "b", "x": 01}"#, 400, "Not JSON"),
    ]

    @Test func `each kind of body has its answer`() async throws {
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            for example in Self.cases {
                let answer = try await router.post(example.body)
                #expect(answer.status == example.status, "\(example.testDescription): \(answer)")
                #expect(example.detail.isEmpty || answer.body.contains(example.detail), "\(example.testDescription): \(answer)")
                if answer.status >= 400 {
                    let problem = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
                    #expect(problem?["status"] as? Int == example.status, "\(example.testDescription)")
                }
            }
        }
    }

    @Test func `invalid UTF-8 is refused, wherever it stands`() async throws {
        try await TestRouter.run { router async throws in
            for bytes: [UInt8] in [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80]] {
                let body = Array(#"{"anum": "a", "bnum": "b", "x": ""#.utf8) + bytes + Array("\"}".utf8)
                let answer = try await router.post(bytes: body)
                #expect(answer.status == 400 && answer.body.contains("not UTF-8"))
            }
        }
    }

    @Test func `a body of 1 MB is refused before it has come`() async throws {
        try await TestRouter.run { router async throws in
            let answer = try await router.raw(
                Array("POST /route HTTP/1.1\r\nContent-Length: 1048576\r\nX-Benemen-APIKey: \(router.key)\r\n\r\n{".utf8))
            #expect(answer.map(\.status) == [413])
            let chunked = try await router.raw(
                Array(
                    "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n".utf8
                ))
            #expect(chunked.map(\.status) == [413])
        }
    }

    private static func padded(_ bytes: Int) -> String {
        let question = #"{"anum":"+358401234567","bnum":"+35893100500","x":""#
        return question + String(repeating: "x", count: bytes - question.utf8.count - 2) + "\"}"
    }

    @Test func `a body of 1 MB that is sent all the same is refused, or answered where it is allowed`() async throws {
        let body = Self.padded(1_048_576)
        try await TestRouter.run { router async throws in
            #expect(try await router.post(body).status == 413)
        }
        var settings = TestRouter.patient
        settings.mostBody = 1_048_576
        try await TestRouter.run(settings: settings, prepare: RouterFixtures.known) { router async throws in
            #expect(try await router.post(body).target == "+358931001")
            #expect(try await router.post(body + " ").status == 413)
            // In pieces of seven bytes, which take more room for their lengths than for themselves.
            var pieces =
                "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
            let bytes = Array(body.utf8)
            for start in stride(from: 0, to: bytes.count, by: 7) {
                let end = min(bytes.count, start + 7)
                pieces += "\(end - start)\r\n\(String(decoding: bytes[start..<end], as: UTF8.self))\r\n"
            }
            #expect(try await router.raw(Array((pieces + "0\r\n\r\n").utf8)).map(\.target) == ["+358931001"])
        }
    }

    @Test func `who has no key is refused before a body has come`() async throws {
        try await TestRouter.run { router async throws in
            for framing in [
                "Content-Length: 60000", "Transfer-Encoding: chunked", "Content-Length: 60000\r\nExpect: 100-continue",
            ] {
                let answers = try await router.raw(
                    Array("POST /route HTTP/1.1\r\nX-Benemen-APIKey: no\r\n\(framing)\r\n\r\n".utf8))
                #expect(answers.map(\.status) == [401], "\(framing)")
            }
            #expect(try await router.raw(Array("POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\n".utf8)).map(\.status) == [404])
        }
    }

    @Test func `the wrong method and the wrong path`() async throws {
        try await TestRouter.run { router async throws in
            for method in ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"] {
                #expect(try await router.post(bytes: [], method: method).status == 405, "\(method)")
            }
            #expect(try await router.ask("+358401234567", path: "/").status == 404)
            #expect(try await router.ask("+358401234567", path: "/routes").status == 404)
            #expect(try await router.ask("+358401234567", path: "/route?x=1").status == 204)
            #expect(try await router.ask("+358401234567", path: "/route/\(router.name)").status == 204)
        }
    }

    @Test func `no key, a wrong key, another tenant's path`() async throws {
        try await TestRouter.run { router async throws in
            #expect(try await router.ask("+358401234567", key: "").status == 401)
            #expect(try await router.ask("+358401234567", key: "wrong").status == 401)
            #expect(try await router.ask("+358401234567", key: router.key + "x").status == 401)
            #expect(try await router.ask("+358401234567", path: "/route/other").status == 401)
        }
    }

    static let wire: [(String, String, Int)] = [
        ("no HTTP at all", "hello\r\n\r\n", 400),
        ("another protocol", "POST /route SMTP/1.1\r\n\r\n", 400),
        ("a newer HTTP", "POST /route HTTP/3.0\r\n\r\n", 400),
        ("a field without a colon", "POST /route HTTP/1.1\r\nHost\r\n\r\n", 400),
        ("a blank before the colon", "POST /route HTTP/1.1\r\nContent-Length : 5\r\n\r\n", 400),
        ("a folded field", "POST /route HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
        ("a bare carriage return", "POST /route HTTP/1.1\r\nHost: a\rb\r\n\r\n", 400),
        ("two lengths", "POST /route HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        ("a length and pieces", "POST /route HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        ("a length below zero", "POST /route HTTP/1.1\r\nContent-Length: -2\r\n\r\n", 400),
        ("another coding", "POST /route HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
        ("a piece of no size", "POST /route HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        ("another expectation", "POST /route HTTP/1.1\r\nExpect: miracles\r\nContent-Length: 0\r\n\r\n", 417),
        ("a long path", "POST /" + String(repeating: "a", count: 4000) + " HTTP/1.1\r\n\r\n", 414),
        ("a large header", "POST /route HTTP/1.1\r\nX: " + String(repeating: "a", count: 20_000) + "\r\n\r\n", 431),
    ]

    @Test func `what is no HTTP is refused, and the connection ends`() async throws {
        try await TestRouter.run { router async throws in
            for (name, text, status) in Self.wire {
                let answers = try await router.raw(Array(text.utf8))
                #expect(answers.map(\.status) == [status], "\(name)")
            }
        }
    }

    @Test func `a slow loris is answered 408 and let go`() async throws {
        var settings = TestRouter.patient
        // Time enough for the first bytes: whose come later is let go without a word, like the silent one.
        settings.requestPatience = 2_000_000_000
        try await TestRouter.run(settings: settings) { router async throws in
            let slow = try await RawClient.connect(port: router.port)
            try await slow.send("POST /route HTTP/1.1\r\nHo")
            let silent = try await RawClient.connect(port: router.port)
            #expect(TestRouter.answers(try await slow.readToEnd()).map(\.status) == [408])
            #expect(try await silent.readToEnd().isEmpty)
        }
    }

    @Test func `a request in single bytes is answered`() async throws {
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            let client = try await RawClient.connect(port: router.port)
            let body = #"{"anum":"+358401234567","bnum":"+35893100500"}"#
            let text =
                "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            for byte in text.utf8 { try await client.send([byte]) }
            #expect(TestRouter.answers(try await client.readToEnd()).map(\.target) == ["+358931001"])
        }
    }

    @Test func `a half-closed connection still gets its answer`() async throws {
        try await TestRouter.run(prepare: RouterFixtures.known) { router async throws in
            let body = #"{"anum":"+358401234567","bnum":"+35893100500"}"#
            let answers = try await router.raw(
                Array(
                    "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                        .utf8), halfClose: true)
            #expect(answers.map(\.target) == ["+358931001"])
        }
    }

    @Test(arguments: [false, true]) func `pipelined requests are answered in their order`(usesDatabase: Bool) async throws {
        try await TestRouter.run(usesDatabaseIndex: usesDatabase, prepare: RouterFixtures.known) { router async throws in
            var text = ""
            for number in 0..<50 {
                let anum = number % 2 == 0 ? "+358401234567" : "+358409999999"
                let body = #"{"anum":"\#(anum)","bnum":"+35893100500"}"#
                text +=
                    "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\n" + (number == 49 ? "Connection: close\r\n" : "")
                text +=
                    number % 3 == 0
                    ? "Transfer-Encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
                    : "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            }
            let answers = try await router.raw(Array(text.utf8))
            #expect(answers.map(\.status) == (0..<50).map { $0 % 2 == 0 ? 200 : 204 })
        }
    }

    @Test func `who waits for 100 is told to go on`() async throws {
        try await TestRouter.run { router async throws in
            let client = try await RawClient.connect(port: router.port)
            let body = #"{"anum":"+358401234567","bnum":"+35893100500"}"#
            try await client.send(
                "POST /route HTTP/1.1\r\nX-Benemen-APIKey: \(router.key)\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            )
            try await eventually("told to go on") { String(decoding: client.received, as: UTF8.self).hasPrefix("HTTP/1.1 100") }
            try await client.send(body)
            #expect(TestRouter.answers(try await client.readToEnd()).map(\.status) == [204])
        }
    }
}
