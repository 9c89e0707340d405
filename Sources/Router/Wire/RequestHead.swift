/// The line and the fields of a request of HTTP/1.1, as far as routing needs them: places in the bytes, nothing copied.
///
/// RFC 9112, strictly: a request that two readers could understand in two ways is refused. Another version of HTTP, or another coding than in pieces, is
/// a mistake of the sender, too (400, where the RFC has 505 and 501): whoever asks never sees a 5xx.
struct RequestHead {
    enum Method { case post, get, head, other }

    var method = Method.other
    var path = 0..<0
    var keepsAlive = true
    var key: Range<Int>?
    var authorization: Range<Int>?
    var contentLength: Int?
    var isChunked = false
    var expectsContinue = false
    /// Where the body begins.
    var end = 0

    /// Most bytes of line and fields.
    static let most = 8192

    /// Where the head ends, looking from `scanned` on; nil when the end has not come yet.
    static func end(in bytes: UnsafeRawBufferPointer, scanned: inout Int) throws(Refusal) -> Int? {
        var at = max(0, scanned - 3)
        while at + 3 < bytes.count {
            // Most bytes are no line feed: look at every fourth first.
            let byte = bytes[at + 3]
            if byte == UInt8(ascii: "\n") {
                if bytes[at + 1] == UInt8(ascii: "\n"), bytes[at] == UInt8(ascii: "\r"), bytes[at + 2] == UInt8(ascii: "\r") {
                    return at + 4
                }
                at += 1
            } else {
                at += byte == UInt8(ascii: "\r") ? 1 : 4
            }
            if at > most { throw .fieldsTooLarge }
        }
        scanned = bytes.count
        if bytes.count > most { throw .fieldsTooLarge }
        return nil
    }

    /// - Parameter end: as `end(in:scanned:)` found it.
    init(_ bytes: UnsafeRawBufferPointer, end: Int) throws(Refusal) {
        self.end = end
        var line = 0
        // Empty lines before a request are tolerated.
        while line + 1 < end - 2, bytes[line] == UInt8(ascii: "\r"), bytes[line + 1] == UInt8(ascii: "\n") { line += 2 }
        var next = try Self.lineEnd(bytes, line, end)
        try readLine(bytes, line..<next)
        line = next + 2
        while line < end - 2 {
            next = try Self.lineEnd(bytes, line, end)
            try readField(bytes, line..<next)
            line = next + 2
        }
        if isChunked, contentLength != nil { throw .badRequest }
    }

    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) throws(Refusal) -> Int {
        var at = start
        while at + 1 < end {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\r") {
                guard bytes[at + 1] == UInt8(ascii: "\n") else { throw .badRequest }
                return at
            }
            guard byte >= 0x20 || byte == UInt8(ascii: "\t"), byte != 0x7F else { throw .badRequest }
            at += 1
        }
        throw .badRequest
    }

    private mutating func readLine(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(Refusal) {
        guard let first = bytes[line].firstIndex(of: UInt8(ascii: " ")), first > line.lowerBound else { throw .badRequest }
        guard let second = bytes[(first + 1)..<line.upperBound].firstIndex(of: UInt8(ascii: " ")), second > first + 1 else {
            throw .badRequest
        }
        let name = UnsafeRawBufferPointer(rebasing: bytes[line.lowerBound..<first])
        if name.spells("POST") {
            method = .post
        } else if name.spells("GET") {
            method = .get
        } else if name.spells("HEAD") {
            method = .head
        } else {
            guard name.allSatisfy(\.isToken) else { throw .badRequest }
        }
        path = (first + 1)..<second
        if path.count > 2048 { throw .uriTooLong }
        let version = UnsafeRawBufferPointer(rebasing: bytes[(second + 1)..<line.upperBound])
        if version.spells("HTTP/1.1") { return }
        guard version.spells("HTTP/1.0") else {
            throw .badRequest
        }
        keepsAlive = false
    }

    private mutating func readField(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(Refusal) {
        guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")), colon > line.lowerBound else { throw .badRequest }
        let name = UnsafeRawBufferPointer(rebasing: bytes[line.lowerBound..<colon])
        // A blank at either end of the name could be a line folded from the one before, or hide a field from the next reader.
        guard name.allSatisfy(\.isToken) else { throw .badRequest }
        let value = bytes.trimmed((colon + 1)..<line.upperBound)
        let text = UnsafeRawBufferPointer(rebasing: bytes[value])
        switch name.count {
        case 16 where name.isCaselessly("x-benemen-apikey"): key = value
        case 13 where name.isCaselessly("authorization"): authorization = value
        case 14 where name.isCaselessly("content-length"):
            guard !text.isEmpty, text.count <= 10, let length = text.decimal, contentLength == nil || contentLength == length
            else { throw .badRequest }
            contentLength = length
        case 17 where name.isCaselessly("transfer-encoding"):
            guard text.isCaselessly("chunked"), !isChunked else { throw .badRequest }
            isChunked = true
        case 10 where name.isCaselessly("connection"):
            if text.isCaselessly("close") { keepsAlive = false } else if text.isCaselessly("keep-alive") { keepsAlive = true }
        case 6 where name.isCaselessly("expect"):
            guard text.isCaselessly("100-continue") else { throw .expectationFailed }
            expectsContinue = true
        default: break
        }
    }
}
