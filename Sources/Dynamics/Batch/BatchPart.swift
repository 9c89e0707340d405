/// One top-level part of a `$batch` answer.
enum BatchPart: Sendable {
    case response(PartResponse)
    /// The answers of a change set, one per change, or the one that failed.
    case changeSet([PartResponse])
    case malformed
}

extension BatchPart {
    /// Reads a part whose bytes are complete.
    init(_ bytes: UnsafeBufferPointer<UInt8>, allowsNested: Bool = true) {
        var contentType = ""
        var contentID: String?
        let content = ByteLines.headers(bytes, from: Self.skipBlankLines(bytes, from: 0)) { name, value in
            if ByteLines.equals(bytes, name, "content-type") {
                contentType = ByteLines.text(bytes, value)
            } else if ByteLines.equals(bytes, name, "content-id") {
                contentID = ByteLines.text(bytes, value)
            }
        }
        let rest = UnsafeBufferPointer(rebasing: bytes[content...])
        if allowsNested, let boundary = Multipart.boundary(contentType) {
            self = Self.nested(rest, boundary: Array(boundary.utf8))
        } else if let response = PartResponse(rest, contentID: contentID) {
            self = .response(response)
        } else {
            self = .malformed
        }
    }

    private static func nested(_ bytes: UnsafeBufferPointer<UInt8>, boundary: [UInt8]) -> BatchPart {
        var responses: [PartResponse] = []
        var start: Int?
        var index = 0
        while case .found(let delimiter) = Multipart.delimiter(bytes, boundary: boundary, from: index, atEnd: true) {
            if let start {
                let range = start..<max(start, delimiter.contentEnd)
                guard case .response(let response) = BatchPart(UnsafeBufferPointer(rebasing: bytes[range]), allowsNested: false)
                else { return .malformed }
                responses.append(response)
            }
            if delimiter.isClosing { return .changeSet(responses) }
            start = delimiter.next
            index = delimiter.next
        }
        return .malformed
    }

    static func skipBlankLines(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let (textEnd, next) = ByteLines.line(bytes, from: index)
            if textEnd > index { break }
            index = next
        }
        return index
    }
}

extension PartResponse {
    /// Reads status line, headers and body of an embedded answer; nil when it has no status line.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, contentID: String?) {
        let start = BatchPart.skipBlankLines(bytes, from: 0)
        let (textEnd, next) = ByteLines.line(bytes, from: start)
        guard let status = Self.status(bytes, start..<textEnd) else { return nil }
        self.init(status: status, contentID: contentID)
        let content = ByteLines.headers(bytes, from: next) { name, value in
            if ByteLines.equals(bytes, name, "odata-entityid") {
                entityID = ByteLines.text(bytes, value)
            } else if ByteLines.equals(bytes, name, "etag") {
                etag = ByteLines.text(bytes, value)
            } else if ByteLines.equals(bytes, name, "retry-after") {
                retryAfter = Double(ByteLines.text(bytes, value)).flatMap { boundedSeconds($0) }
            } else if ByteLines.equals(bytes, name, "content-id") {
                self.contentID = ByteLines.text(bytes, value)
            }
        }
        body = Array(bytes[ByteLines.trimmed(bytes, content..<bytes.count)])
    }

    /// `HTTP/1.1 204 No Content`: the second word.
    private static func status(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Int? {
        guard line.count >= 12, ByteLines.equals(bytes, line.lowerBound..<line.lowerBound + 5, "http/"),
            let blank = line.first(where: { bytes[$0] == 0x20 })
        else { return nil }
        let digits = line.clamped(to: blank + 1..<blank + 4)
        guard digits.count == 3 else { return nil }
        return Int(ByteLines.text(bytes, digits))
    }
}
