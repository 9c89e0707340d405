import Glibc

/// Small steps over bytes that the multipart readers share.
enum ByteLines {
    /// The end of the line that starts at `start` (the index of its LF, or the end) and where its text ends (before CR).
    static func line(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> (textEnd: Int, next: Int) {
        let index = lineFeed(bytes, from: start)
        let textEnd = index > start && bytes[index - 1] == 0x0D ? index - 1 : index
        return (textEnd, min(index + 1, bytes.count))
    }

    /// The index of the next LF, or the end.
    static func lineFeed(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard start < bytes.count, let base = bytes.baseAddress, let found = memchr(base + start, 0x0A, bytes.count - start)
        else { return bytes.count }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    /// Reads header lines up to the blank line; returns where the content begins.
    static func headers(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ body: (_ name: Range<Int>, _ value: Range<Int>) -> Void
    ) -> Int {
        var index = start
        while index < bytes.count {
            let (textEnd, next) = line(bytes, from: index)
            if textEnd == index { return next }
            if let colon = (index..<textEnd).first(where: { bytes[$0] == 0x3A }) {
                body(trimmed(bytes, index..<colon), trimmed(bytes, colon + 1..<textEnd))
            }
            index = next
        }
        return index
    }

    static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, isSpace(bytes[low]) { low += 1 }
        while high > low, isSpace(bytes[high - 1]) { high -= 1 }
        return low..<high
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    /// Compares without regard to ASCII case; `word` must be lower case.
    static func equals(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count {
            var byte = bytes[range.lowerBound + offset]
            if byte >= 0x41, byte <= 0x5A { byte |= 0x20 }
            if byte != word.utf8Start[offset] { return false }
        }
        return true
    }

    static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
