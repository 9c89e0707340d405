import Testing

@testable import Dynamics

@Suite struct BatchDecoderTests {
    static let answer = """
        --batchresponse_1\r
        Content-Type: application/http\r
        Content-Transfer-Encoding: binary\r
        \r
        HTTP/1.1 200 OK\r
        Content-Type: application/json; odata.metadata=minimal\r
        OData-Version: 4.0\r
        \r
        {"value":[{"contactid":"1"}]}\r
        --batchresponse_1\r
        Content-Type: multipart/mixed; boundary=changesetresponse_2\r
        \r
        --changesetresponse_2\r
        Content-Type: application/http\r
        Content-Transfer-Encoding: binary\r
        Content-ID: 1\r
        \r
        HTTP/1.1 204 No Content\r
        OData-Version: 4.0\r
        OData-EntityId: https://x/api/data/v9.2/phonecalls(1)\r
        \r
        \r
        --changesetresponse_2\r
        Content-Type: application/http\r
        Content-Transfer-Encoding: binary\r
        Content-ID: 2\r
        \r
        HTTP/1.1 204 No Content\r
        OData-Version: 4.0\r
        \r
        \r
        --changesetresponse_2--\r
        --batchresponse_1\r
        Content-Type: application/http\r
        Content-Transfer-Encoding: binary\r
        \r
        HTTP/1.1 412 Precondition Failed\r
        Content-Type: application/json\r
        \r
        {"error":{"code":"0x80040237","message":"A record with matching key values already exists."}}\r
        --batchresponse_1--\r

        """

    private func decode(_ text: String, boundary: String = "batchresponse_1", step: Int = .max) -> BatchDecoder {
        var decoder = BatchDecoder(boundary: boundary)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            decoder.consume(rest.prefix(step))
            rest = rest.dropFirst(step)
        }
        decoder.finish()
        return decoder
    }

    private func check(_ decoder: BatchDecoder) throws {
        #expect(decoder.isComplete)
        try #require(decoder.parts.count == 3)
        guard case .response(let read) = decoder.parts[0], case .changeSet(let set) = decoder.parts[1],
            case .response(let refused) = decoder.parts[2]
        else {
            Issue.record("parts have the wrong shapes")
            return
        }
        #expect(read.status == 200)
        #expect(String(decoding: read.body, as: UTF8.self) == #"{"value":[{"contactid":"1"}]}"#)
        #expect(set.map(\.status) == [204, 204])
        #expect(set.map(\.contentID) == ["1", "2"])
        #expect(set[0].entityID == "https://x/api/data/v9.2/phonecalls(1)")
        #expect(refused.status == 412)
    }

    @Test func `reads reads, change sets and failures in order`() throws { try check(decode(Self.answer)) }

    @Test(arguments: [1, 2, 3, 7, 64, 1000]) func `it does not matter where the chunks end`(step: Int) throws {
        try check(decode(Self.answer, step: step))
    }

    @Test func `lines may end in LF alone`() throws { try check(decode(Self.answer.replacing("\r\n", with: "\n"))) }

    @Test func `an extra blank line before the body and text around the parts do no harm`() throws {
        let odd = "preamble\r\n" + Self.answer.replacing("4.0\r\n\r\n{", with: "4.0\r\n\r\n\r\n{") + "epilogue"
        try check(decode(odd))
    }

    @Test(arguments: [
        ("multipart/mixed; boundary=abc", "abc"), ("multipart/mixed; boundary=\"a b;c\"", "a b;c"),
        ("Multipart/Mixed;BOUNDARY=abc; charset=utf-8", "abc"), (" multipart/mixed; boundary = abc ", "abc"),
    ]) func `a boundary may be quoted or bare`(type: String, boundary: String) {
        #expect(Multipart.boundary(type) == boundary)
    }

    @Test(arguments: ["application/json", "text/html", "multipart/mixed", "multipart/mixed; boundary="])
    func `other types have no boundary`(type: String) {
        #expect(Multipart.boundary(type) == nil)
    }

    @Test func `a truncated answer keeps its whole parts only`() {
        let cut = decode(String(Self.answer.prefix(900)))
        #expect(!cut.isComplete)
        #expect(cut.parts.count < 3)
    }

    @Test func `every truncation is survived`() {
        for length in stride(from: 0, to: Self.answer.utf8.count - 4, by: 7) {
            let cut = decode(String(decoding: Array(Self.answer.utf8).prefix(length), as: UTF8.self))
            #expect(!cut.isComplete, "length \(length)")
        }
    }

    @Test func `a failed change set may come nested or not`() {
        let error = #"{"error":{"code":"0x80044331","message":"too long"}}"#
        let unnested = "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n\(error)\r\n--b--"
        let nested =
            "--b\r\nContent-Type: multipart/mixed; boundary=\"c\"\r\n\r\n--c\r\nContent-Type: application/http\r\nContent-ID: 2\r\n\r\n"
            + "HTTP/1.1 400 Bad Request\r\n\r\n\(error)\r\n--c--\r\n--b--"
        let operation = BatchOperation.changeSet([.createOnly("phonecalls(1)", []), .updateOnly("phonecalls(1)", [])])
        for text in [unnested, nested] {
            let decoder = decode(text, boundary: "b")
            #expect(decoder.parts.count == 1)
            let result = OperationResult(decoder.parts[0], operation)
            #expect(result.outcome.name == "permanent")
            #expect(result.outcome.fault?.code == "0x80044331")
            #expect(result.responses.count == 1)
        }
    }

    @Test(
        arguments: [
            ("7", .seconds(7)), ("0", .zero), ("-3", .zero), ("1e300", .seconds(3600)), ("nan", nil),
            ("Fri, 31 Dec 1999 23:59:59 GMT", nil),
        ] as [(String, Duration?)]) func `a part that is throttled names its own wait`(header: String, wait: Duration?)
    {
        let error = #"{"error":{"code":"0x80072322","message":"too many requests"}}"#
        let inner = "HTTP/1.1 429 Too Many Requests\r\nretry-after: \(header)\r\n\r\n\(error)"
        let alone = "--b\r\nContent-Type: application/http\r\n\r\n\(inner)\r\n--b--"
        let nested =
            "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: application/http\r\n\r\n\(inner)\r\n--c--\r\n--b--"
        for text in [alone, nested] {
            let decoder = decode(text, boundary: "b")
            let operation = BatchOperation.changeSet([.createOnly("phonecalls(1)", []), .updateOnly("phonecalls(1)", [])])
            guard case .throttled(let after, let fault) = OperationResult(decoder.parts[0], operation).outcome else {
                Issue.record("not throttled")
                continue
            }
            #expect(after == wait)
            #expect(fault.code == "0x80072322")
        }
    }

    @Test func `rubbish inside a part is malformed, not a crash`() {
        let decoder = decode(
            "--b\r\n\r\n<html>\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n--b--", boundary: "b")
        #expect(decoder.parts.count == 2)
        for part in decoder.parts {
            #expect(OperationResult(part, .change(.upsert("a(1)", []))).outcome.name == "transient")
        }
    }
}
