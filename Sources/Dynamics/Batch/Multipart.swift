/// Finds the parts of a multipart body.
///
/// Lenient: lines may end in LF alone, a delimiter may carry trailing blanks, text before the first and after the last delimiter is
/// ignored.
enum Multipart {
    /// The boundary named by a `Content-Type`, quoted or bare; nil when it is no multipart type.
    static func boundary(_ contentType: String) -> String? {
        // Asked for each part of an answer, so without patterns: one costs more than the part.
        let bytes = Array(contentType.utf8)
        return bytes.withUnsafeBufferPointer { bytes in
            let all = ByteLines.trimmed(bytes, 0..<bytes.count)
            let kind = "multipart/"
            guard all.count > kind.utf8.count,
                ByteLines.equals(bytes, all.lowerBound..<all.lowerBound + kind.utf8.count, "multipart/")
            else { return nil }
            for parameter in bytes[all].split(separator: UInt8(ascii: ";")).dropFirst() {
                guard let equals = parameter.firstIndex(of: UInt8(ascii: "=")),
                    ByteLines.equals(bytes, ByteLines.trimmed(bytes, parameter.startIndex..<equals), "boundary")
                else { continue }
                return value(bytes, equals + 1..<all.upperBound)
            }
            return nil
        }
    }

    /// What a parameter says: in quotes up to the next one, else up to the next semicolon. Nil when that is nothing.
    private static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ rest: Range<Int>) -> String? {
        var text = ByteLines.trimmed(bytes, rest)
        if text.first.map({ bytes[$0] }) == UInt8(ascii: "\"") {
            text = text.dropFirst()
            guard let end = text.first(where: { bytes[$0] == UInt8(ascii: "\"") }) else { return nil }
            text = text.lowerBound..<end
        } else if let end = text.first(where: { bytes[$0] == UInt8(ascii: ";") }) {
            text = text.lowerBound..<end
        }
        text = ByteLines.trimmed(bytes, text)
        return text.isEmpty ? nil : ByteLines.text(bytes, text)
    }

    /// A delimiter line: where the part before it ends, where the text after it begins, and whether it is the last one.
    struct Delimiter {
        var contentEnd: Int
        var next: Int
        var isClosing: Bool
    }

    enum Search {
        case found(Delimiter)
        /// Not there; nothing before this index needs to be looked at again when more bytes come.
        case missing(resumeAt: Int)
    }

    /// The next delimiter line at or after `start`. `atEnd` tells that no more bytes will come, so that a line needs no LF.
    static func delimiter(
        _ bytes: UnsafeBufferPointer<UInt8>, boundary: [UInt8], from start: Int, atEnd: Bool
    ) -> Search {
        var lineStart = start
        while lineStart < bytes.count {
            let lineEnd = ByteLines.lineFeed(bytes, from: lineStart)
            if lineEnd == bytes.count, !atEnd { return .missing(resumeAt: lineStart) }
            if let isClosing = isDelimiter(bytes, lineStart..<lineEnd, boundary) {
                var contentEnd = lineStart
                if contentEnd > 0, bytes[contentEnd - 1] == 0x0A { contentEnd -= 1 }
                if contentEnd > 0, bytes[contentEnd - 1] == 0x0D { contentEnd -= 1 }
                return .found(Delimiter(contentEnd: contentEnd, next: min(lineEnd + 1, bytes.count), isClosing: isClosing))
            }
            lineStart = lineEnd + 1
        }
        return .missing(resumeAt: min(lineStart, bytes.count))
    }

    private static func isDelimiter(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, _ boundary: [UInt8]) -> Bool? {
        guard line.count >= boundary.count + 2, bytes[line.lowerBound] == 0x2D, bytes[line.lowerBound + 1] == 0x2D else {
            return nil
        }
        let start = line.lowerBound + 2
        for offset in 0..<boundary.count where bytes[start + offset] != boundary[offset] { return nil }
        let rest = ByteLines.trimmed(bytes, start + boundary.count..<line.upperBound)
        if rest.isEmpty { return false }
        return rest.count == 2 && bytes[rest.lowerBound] == 0x2D && bytes[rest.lowerBound + 1] == 0x2D ? true : nil
    }
}
