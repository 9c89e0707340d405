import NIOCore
import Testing

@testable import Dynamics

@Suite struct BatchEncoderTests {
    private let encoder = BatchEncoder(root: "/api/data/v9.2/", boundary: "b")

    private func text(_ operations: [BatchOperation]) -> String { String(buffer: encoder.body(operations)) }

    @Test func `a read is one part with its options in the URL`() {
        let query = ODataQuery(
            "contacts", select: ["contactid", "fullname"], filter: .equal("telephone1", .string("+31205550101")))
        #expect(
            text([.get(query)]) == """
                --b\r
                Content-Type: application/http\r
                Content-Transfer-Encoding: binary\r
                \r
                GET /api/data/v9.2/contacts?$select=contactid,fullname&$filter=telephone1%20eq%20'%2B31205550101' HTTP/1.1\r
                Accept: application/json\r
                \r
                \r
                --b--\r

                """)
    }

    @Test func `create and complete make one change set`() {
        let row = "phonecalls(6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10)"
        let set = BatchOperation.changeSet([
            .createOnly(row, Array(#"{"subject":"x"}"#.utf8)), .updateOnly(row, Array(#"{"statecode":1,"statuscode":4}"#.utf8)),
        ])
        #expect(
            text([set]) == """
                --b\r
                Content-Type: multipart/mixed; boundary=changeset_1_b\r
                \r
                --changeset_1_b\r
                Content-Type: application/http\r
                Content-Transfer-Encoding: binary\r
                Content-ID: 1\r
                \r
                PATCH /api/data/v9.2/phonecalls(6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10) HTTP/1.1\r
                If-None-Match: *\r
                Content-Type: application/json\r
                \r
                {"subject":"x"}\r
                --changeset_1_b\r
                Content-Type: application/http\r
                Content-Transfer-Encoding: binary\r
                Content-ID: 2\r
                \r
                PATCH /api/data/v9.2/phonecalls(6f3c1c1e-6f0e-5c57-9e5e-7d2c5f3c8a10) HTTP/1.1\r
                If-Match: *\r
                Content-Type: application/json\r
                \r
                {"statecode":1,"statuscode":4}\r
                --changeset_1_b--\r
                --b--\r

                """)
    }

    @Test func `conditions become their headers`() {
        #expect(text([.change(.guarded("a(1)", etag: "W/\"7\"", [0x7B, 0x7D]))]).contains("If-Match: W/\"7\"\r\n"))
        let upsert = text([.change(.upsert("a(1)", [0x7B, 0x7D]))])
        #expect(!upsert.contains("If-"))
        #expect(text([.change(.delete("a(1)"))]).contains("DELETE /api/data/v9.2/a(1) HTTP/1.1\r\n\r\n\r\n--b--"))
    }

    @Test func `a reference to an earlier change keeps its form`() {
        #expect(text([.changeSet([.updateOnly("$1", [0x7B, 0x7D])])]).contains("PATCH $1 HTTP/1.1"))
    }
}
