@testable import Wire

/// Reads the bytes as a connection would: request after request, whole and in pieces. Whatever they are, the reader ends, and says the same
/// however the bytes were cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    let whole = Reading.all(of: bytes)
    // The head must be found in pieces as it is in one.
    var scanned = 0
    for end in stride(from: 0, through: min(bytes.count, 512), by: 7) {
        let part = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        guard let found = try? RequestHead.end(in: part, scanned: &scanned) else { continue }
        precondition(whole.firstHead == nil || whole.firstHead == found)
        break
    }
    _ = try? Question(bytes)
    return 0
}

struct Reading {
    var firstHead: Int?

    static func all(of bytes: UnsafeRawBufferPointer) -> Reading {
        var reading = Reading()
        var at = 0
        while at < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[at...])
            var scanned = 0
            guard let end = try? RequestHead.end(in: rest, scanned: &scanned) else { break }
            if at == 0 { reading.firstHead = end }
            guard let head = try? RequestHead(rest, end: end) else { break }
            precondition(head.end == end && head.path.upperBound <= end)
            if head.isChunked {
                guard case .complete(let body, let next)? = try? ChunkedBody.read(rest, from: end, most: 65_536) else { break }
                precondition(next > end && next <= rest.count && body.count <= 65_536)
                body.withUnsafeBytes { _ = try? Question($0) }
                at += next
            } else {
                let length = head.contentLength ?? 0
                guard length <= 65_536, end + length <= rest.count else { break }
                _ = try? Question(UnsafeRawBufferPointer(rebasing: rest[end..<(end + length)]))
                at += end + length
            }
        }
        return reading
    }
}
