import Testing

@testable import Router

/// Bodies in pieces are read alike, however the network has cut them.
@Suite struct ChunkedBodyTests {
    /// The body, and what was left behind it; nil while it is not complete.
    private static func read(_ text: String, cut size: Int, most: Int = 100) throws(Refusal) -> (body: String, left: String)? {
        var body = ChunkedBody(most: most)
        var waiting: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            waiting += rest.prefix(size)
            rest = rest.dropFirst(size)
            var failure: Refusal?
            var taken = 0
            waiting.withUnsafeBytes { bytes in
                do throws(Refusal) { taken = try body.read(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            waiting.removeFirst(taken)
            if body.isComplete {
                return (String(decoding: body.body, as: UTF8.self), String(decoding: waiting + rest, as: UTF8.self))
            }
        }
        return nil
    }

    private static let plain = "5\r\nhello\r\n6;why=not\r\n world\r\n0\r\nTrailer: x\r\n\r\nGET /"

    @Test(arguments: 1...60) func `pieces, extensions and trailers are read in cuts of any size`(size: Int) throws {
        let read = try Self.read(Self.plain, cut: size)
        #expect(read?.body == "hello world" && read?.left == "GET /")
    }

    @Test(arguments: [
        ("xyz\r\n", Refusal.badRequest), ("\r\n", .badRequest), ("5\nhello", .badRequest), ("5\r\nhelloX\r\n", .badRequest),
        ("65\r\n", .contentTooLarge), ("5\r\nhello\r\n60\r\n", .contentTooLarge), ("123456789\r\n", .contentTooLarge),
        (String(repeating: "1;", count: 900), .badRequest),
        ("0\r\n" + String(repeating: "T: " + String(repeating: "x", count: 900) + "\r\n", count: 10), .fieldsTooLarge),
    ]) func `what is no body in pieces is refused, whole and in single bytes`(text: String, refusal: Refusal) {
        for size in [text.utf8.count, 1, 3] {
            #expect(throws: refusal) { _ = try Self.read(text, cut: size) }
        }
    }

    @Test func `what has not come to its end is waited for`() throws {
        let bytes = Array(Self.plain.utf8)
        for end in 0..<bytes.count - 5 {
            #expect(try Self.read(String(decoding: bytes[..<end], as: UTF8.self), cut: 4) == nil)
        }
    }
}
