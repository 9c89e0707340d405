/// Which trace something belongs to and which span of it is its parent, as the W3C's "Trace Context" has it.
package struct TraceContext: Sendable, Hashable, CustomStringConvertible {
    package let trace: TraceID
    package let span: SpanID
    /// Whether somebody keeps this trace. What follows one that nobody keeps isn't kept either.
    package let isSampled: Bool

    package init(trace: TraceID, span: SpanID, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// A header's value, `00-<32 hex digits>-<16 hex digits>-<2 hex digits>`; nil for what is not one.
    ///
    /// Later versions may have more behind it, which is passed over; version `ff` and ids of nothing but zeros are invalid.
    package init?(traceparent text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, [2, 35, 52].allSatisfy({ bytes[$0] == dash }),
            let version = Hexadecimal.read(bytes[0..<2]), version != 0xFF,
            bytes.count == 55 || version > 0 && bytes[55] == dash,
            let high = Hexadecimal.read(bytes[3..<19]), let low = Hexadecimal.read(bytes[19..<35]),
            let span = Hexadecimal.read(bytes[36..<52]), let flags = Hexadecimal.read(bytes[53..<55]),
            high | low != 0, span != 0
        else { return nil }
        self.init(trace: TraceID(high: high, low: low), span: SpanID(span), isSampled: flags & 1 == 1)
    }

    /// As a header carries it.
    package var traceparent: String { "00-\(trace)-\(span)-\(isSampled ? "01" : "00")" }
    package var description: String { traceparent }
}

/// The name of a trace: 16 bytes, shown as 32 hex digits.
package struct TraceID: Sendable, Hashable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    package static func random() -> TraceID { TraceID(high: .random(in: 0 ... .max), low: .random(in: 1 ... .max)) }

    package var description: String { Hexadecimal.text(high) + Hexadecimal.text(low) }

    /// Where between 0 and 1 the id lies: below a ratio it is kept, by every program alike.
    package var lot: Double { Double(low >> 11) / Double(1 << 53) }
}

/// The name of a span within its trace: 8 bytes, shown as 16 hex digits.
package struct SpanID: Sendable, Hashable, CustomStringConvertible {
    let bits: UInt64

    init(_ bits: UInt64) { self.bits = bits }

    package static func random() -> SpanID { SpanID(.random(in: 1 ... .max)) }

    package var description: String { Hexadecimal.text(bits) }
}

/// Lower case, as the standard wants it.
private enum Hexadecimal {
    /// Nil when something else than digits and `a` to `f` stands there, or more than fits.
    static func read(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return value
    }

    static func text(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
