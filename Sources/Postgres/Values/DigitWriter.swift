/// Writes dates and times digit by digit: a COPY in text format writes millions of them.
struct DigitWriter {
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func write(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
    }

    /// A number that is not negative, with leading zeros up to `width`, after a separator.
    mutating func write(_ separator: UInt8, _ number: Int, width: Int) {
        append(separator)
        write(number, width: width)
    }

    /// `2026-11-22`; years before 1 count backwards from 1 BC.
    mutating func write(_ date: (year: Int, month: Int, day: Int)) {
        write(date.year > 0 ? date.year : 1 - date.year, width: 4)
        write(UInt8(ascii: "-"), date.month, width: 2)
        write(UInt8(ascii: "-"), date.day, width: 2)
    }

    private mutating func write(_ number: Int, width: Int) {
        var digits = 1
        var limit = 10
        while number >= limit {
            digits += 1
            limit *= 10
        }
        digits = max(digits, width)
        var rest = number
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }

    private mutating func append(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }
}
