/// A number in E.164, as the integer its digits make: up to fifteen of them, none leading zero, so nothing gets lost.
package struct E164: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let value: UInt64

    /// Not checked: the digits of a number that was read before.
    package init(value: UInt64) { self.value = value }

    /// A plus sign and 7 to 15 digits that don't begin with 0; nil for anything else.
    package init?(_ text: some StringProtocol) {
        var text = String(text)
        let read = text.withUTF8 { Self.read(UnsafeRawBufferPointer($0)) }
        guard let read else { return nil }
        self = read
    }

    /// The same from the bytes of a text.
    package static func read(_ bytes: UnsafeRawBufferPointer) -> E164? {
        guard bytes.count >= 8, bytes.count <= 16, bytes[0] == UInt8(ascii: "+"), bytes[1] != UInt8(ascii: "0") else {
            return nil
        }
        return digits(UnsafeRawBufferPointer(rebasing: bytes[1...])).map(E164.init(value:))
    }

    /// The integer that at most fifteen digits make; nil when something else stands among them.
    package static func digits(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        guard bytes.count <= 15 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            let digit = byte &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value &* 10 &+ UInt64(digit)
        }
        return value
    }

    /// How many digits it has.
    package var digitCount: Int {
        var (rest, count) = (value, 1)
        while rest >= 10 { (rest, count) = (rest / 10, count + 1) }
        return count
    }

    /// `+358401234567`
    package var text: String { "+\(value)" }
    package var description: String { text }

    package static func < (a: E164, b: E164) -> Bool { a.text < b.text }
}
