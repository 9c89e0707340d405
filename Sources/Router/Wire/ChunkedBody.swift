/// A body that comes in pieces (RFC 9112, section 7.1).
enum ChunkedBody {
    enum Reading {
        /// The rest has not come yet.
        case incomplete
        /// The body, and where the next request begins.
        case complete([UInt8], end: Int)
    }

    /// - Parameters:
    ///   - start: where the first piece begins.
    ///   - most: bytes the body may have.
    static func read(_ bytes: UnsafeRawBufferPointer, from start: Int, most: Int) throws(RequestHead.Refusal) -> Reading {
        var body: [UInt8] = []
        var at = start
        while true {
            guard let (line, next) = try line(bytes, at) else { return .incomplete }
            let size = try size(UnsafeRawBufferPointer(rebasing: bytes[line]))
            at = next
            if size == 0 { return try trailers(bytes, at, body) }
            guard body.count + size <= most else { throw .contentTooLarge }
            guard at + size + 2 <= bytes.count else { return .incomplete }
            body.append(contentsOf: bytes[at..<(at + size)])
            guard bytes[at + size] == UInt8(ascii: "\r"), bytes[at + size + 1] == UInt8(ascii: "\n") else { throw .badRequest }
            at += size + 2
        }
    }

    /// Fields behind the body mean nothing here.
    private static func trailers(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ body: [UInt8]) throws(RequestHead.Refusal)
        -> Reading
    {
        var at = start
        while let (line, next) = try line(bytes, at) {
            if line.isEmpty { return .complete(body, end: next) }
            at = next
            if at - start > RequestHead.most { throw .fieldsTooLarge }
        }
        return .incomplete
    }

    private static func line(_ bytes: UnsafeRawBufferPointer, _ start: Int) throws(RequestHead.Refusal) -> (
        Range<Int>, next: Int
    )? {
        var at = start
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "\r") {
                guard at + 1 < bytes.count else { return nil }
                guard bytes[at + 1] == UInt8(ascii: "\n") else { throw .badRequest }
                return (start..<at, at + 2)
            }
            guard bytes[at] != UInt8(ascii: "\n"), at - start < 1024 else { throw .badRequest }
            at += 1
        }
        return nil
    }

    private static func size(_ line: UnsafeRawBufferPointer) throws(RequestHead.Refusal) -> Int {
        var size = 0
        var digits = 0
        for byte in line {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x37
            case 0x61...0x66: digit = byte - 0x57
            // Extensions of a piece mean nothing here.
            case UInt8(ascii: ";") where digits > 0: return size
            default: throw .badRequest
            }
            digits += 1
            guard digits <= 8 else { throw .contentTooLarge }
            size = size << 4 | Int(digit)
        }
        guard digits > 0 else { throw .badRequest }
        return size
    }
}
