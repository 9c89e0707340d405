/// Answers of HTTP/1.1 with a length, or without a body.
enum Answers {
    /// The status when the whole answer is there.
    static func status(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard bytes.count > 12 else { return nil }
            var end = 9
            while end + 3 < bytes.count,
                !(bytes[end] == 13 && bytes[end + 1] == 10 && bytes[end + 2] == 13 && bytes[end + 3] == 10)
            { end += 1 }
            guard end + 3 < bytes.count else { return nil }
            let status = Int(bytes[9] &- 48) * 100 + Int(bytes[10] &- 48) * 10 + Int(bytes[11] &- 48)
            if status == 204 { return status }
            return bytes.count >= end + 4 + length(bytes, end) ? status : nil
        }
    }

    private static let name = Array("\r\ncontent-length:".utf8)

    private static func length(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> Int {
        var at = 9
        search: while at + name.count < end {
            // Few bytes are the first of a line's end.
            guard bytes[at] == 13 else {
                at += 1
                continue
            }
            for index in name.indices where bytes[at + index] | (index > 1 ? 0x20 : 0) != name[index] {
                at += 1
                continue search
            }
            var value = 0
            for byte in bytes[(at + name.count)..<end] {
                if byte == 32 { continue }
                guard byte >= 48, byte <= 57 else { break }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        return 0
    }
}
