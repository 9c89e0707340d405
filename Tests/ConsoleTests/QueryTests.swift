import Foundation
import Testing

@testable import Console

@Suite struct QueryTests {
    @Test(arguments: ["plain", "with blank", "a&b=c", "ä€😀", "100%", "+31 20", "<script>", "a/b?c#d"])
    func `what is encoded is read again`(text: String) {
        let query = Query().setting("q", text)
        #expect(Query(encoded: query.encoded)["q"] == text)
        #expect(!query.encoded.contains { "<>\"' #".contains($0) })
    }

    @Test func `empty and missing values are the same`() {
        let query = Query(encoded: "a=&b&c=%20%20&d=x&d=y&e=%E4")
        #expect(query["a"] == nil && query["b"] == nil && query["c"] == nil && query["z"] == nil)
        #expect(query["d"] == "x")
        #expect(query.all("d") == ["x", "y"])
        #expect(query["e"] == "%E4")
        #expect(query.integer("d", as: Int.self) == nil)
    }

    @Test func `values are replaced, added and kept`() {
        let query = Query(encoded: "a=1&b=2&a=3")
        #expect(query.setting("a", "9").encoded == "b=2&a=9")
        #expect(query.setting("a", nil).encoded == "b=2")
        #expect(query.adding("a", "4").all("a") == ["1", "3", "4"])
        #expect(query.keeping(["b"]).link("/x") == "/x?b=2")
        #expect(Query().link("/x") == "/x")
    }

    @Test(arguments: [
        ("/jobs?state=dead", "/jobs?state=dead"), ("//evil.example", "/"), ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a b", "/"), ("/sign-in", "/"), ("jobs", "/"), ("/\u{e4}", "/"), ("/jobs\r\nSet-Cookie: a=b", "/"),
    ])
    func `after signing in one goes to a page of ours`(wanted: String, goes: String) {
        #expect(SignInPages.path(wanted) == goes)
    }

    @Test(arguments: [
        ("https://console.example", "https://console.example"), ("https://Console.example:443/", "https://console.example"),
        ("http://localhost:8100/jobs", "http://localhost:8100"), ("http://a.example:80", "http://a.example"),
    ])
    func `an origin is what browsers send`(url: String, origin: String) {
        #expect(RequestOrigin.origin(of: url) == origin)
    }

    @Test(arguments: [
        ("10.1.2.3", "10.1.2.3"), ("::ffff:10.1.2.3", "10.1.2.3"), ("::ffff:a01:204", "10.1.2.4"),
        ("2001:db8:1:2:3:4:5:6", "20:1:d:b8:0:1::/48"), ("2001:db8:1:ffff::9", "20:1:d:b8:0:1::/48"),
        ("2001:db8:2::9", "20:1:d:b8:0:2::/48"), ("", "unknown"),
    ])
    func `who guesses is told apart by address, or by the network of an address`(client: String, source: String) {
        #expect(PasswordSignIn.source(client) == source)
    }
}
