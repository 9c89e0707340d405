import Foundation

/// One row of `COPY … TO STDOUT (FORMAT binary)`: fields of four bytes length each, big-endian, -1 for NULL (PostgreSQL manual, "COPY", binary format).
struct CopiedRow {
    private let bytes: UnsafeRawBufferPointer
    private var offset: Int

    /// The signature, flags and header extension before the first row.
    private static let header = 19

    /// Nil for the end of the data.
    init?(_ bytes: UnsafeRawBufferPointer, isFirst: Bool) {
        self.bytes = bytes
        offset = isFirst ? Self.header : 0
        guard bytes.count >= offset + 2, Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int16.self)) >= 0 else {
            return nil
        }
        offset += 2
    }

    /// The bytes of the next field; nil for NULL.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard offset + 4 <= bytes.count else { return nil }
        let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        offset += 4
        guard length >= 0, offset + length <= bytes.count else { return nil }
        defer { offset += length }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + length)])
    }

    /// The bytes of the fields that are left.
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset...]) }

    mutating func text() -> String? { next().map { String(decoding: $0, as: UTF8.self) } }
    mutating func number() -> E164? { next().flatMap { E164.read($0) } }
    mutating func flag() -> Bool { next()?.first == 1 }

    mutating func uuid() -> UUID? {
        next().flatMap { $0.count == 16 ? UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) : nil }
    }

    /// The day since 1970-01-01 of a time, which the server gives in microseconds since 2000-01-01.
    mutating func day() -> Int32? {
        next().flatMap { bytes in
            guard bytes.count == 8 else { return nil }
            let microseconds = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
            let days = (microseconds - (microseconds < 0 ? 86_399_999_999 : 0)) / 86_400_000_000
            return Int32(clamping: days + 10_957)
        }
    }

    /// By the first letter of the table's name.
    mutating func kind() -> CallerFacts.Kind? {
        switch next()?.first {
        case UInt8(ascii: "c"): .contact
        case UInt8(ascii: "a"): .account
        case UInt8(ascii: "l"): .lead
        default: nil
        }
    }
}
