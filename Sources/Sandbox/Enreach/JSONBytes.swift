import Foundation

/// Writes JSON straight into bytes: thousands of call events an answer must cost little.
struct JSONBytes {
    private(set) var bytes: [UInt8] = []
    /// Whether something was written at this level, so that the next thing needs a comma.
    private var needsComma = false

    init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    mutating func array<Elements: Sequence>(
        _ elements: Elements, _ write: (inout JSONBytes, Elements.Element) -> Void
    ) {
        begin(UInt8(ascii: "["))
        for element in elements { write(&self, element) }
        end(UInt8(ascii: "]"))
    }

    mutating func object(_ write: (inout JSONBytes) -> Void) {
        begin(UInt8(ascii: "{"))
        write(&self)
        end(UInt8(ascii: "}"))
    }

    /// A member's name. The name must need no escaping.
    mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func key(_ name: String) {
        separate()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func null() {
        literal("null")
    }

    mutating func value(_ value: Bool) {
        if value { literal("true") } else { literal("false") }
    }

    mutating func value(_ value: Int) {
        separate()
        digits(value)
        needsComma = true
    }

    mutating func value(_ value: Int?) {
        if let value { self.value(value) } else { null() }
    }

    mutating func value(_ value: String?) {
        guard let value else { return null() }
        separate()
        quoted(value)
        needsComma = true
    }

    mutating func value(_ value: UUID?) {
        guard let value else { return null() }
        separate()
        bytes.append(UInt8(ascii: "\""))
        guid(value)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    mutating func value(_ value: Date?, _ form: TimeForm) {
        guard let value else { return null() }
        separate()
        bytes.append(UInt8(ascii: "\""))
        switch form {
        case .iso: time(value)
        case .milliseconds:
            bytes.append(contentsOf: "\\/Date(".utf8)
            digits(Int((value.timeIntervalSince1970 * 1000).rounded()))
            bytes.append(contentsOf: ")\\/".utf8)
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    mutating func values(_ values: [UUID]) {
        array(values) { json, value in json.value(value) }
    }

    mutating func values(_ values: [String]) {
        array(values) { json, value in json.value(value) }
    }

    /// How a serializer writes times.
    enum TimeForm: Sendable { case iso, milliseconds }

    // MARK: Pieces

    private mutating func begin(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func end(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.hex[Int(byte >> 4)])
                bytes.append(Self.hex[Int(byte & 15)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func guid(_ id: UUID) {
        withUnsafeBytes(of: id.uuid) { raw in
            for (index, byte) in raw.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 { bytes.append(UInt8(ascii: "-")) }
                bytes.append(Self.hex[Int(byte >> 4)])
                bytes.append(Self.hex[Int(byte & 15)])
            }
        }
    }

    private mutating func digits(_ value: Int) {
        guard value != 0 else { return bytes.append(UInt8(ascii: "0")) }
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        let first = bytes.count
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        }
        bytes[first...].reverse()
    }

    /// ISO 8601 in UTC with the fraction's trailing zeros dropped, `2025-10-28T13:57:03.4Z`.
    private mutating func time(_ date: Date) {
        let milliseconds = Int((date.timeIntervalSince1970 * 1000).rounded())
        let (year, month, day) = CivilTime.date(daysSince1970: CivilTime.floorDivide(milliseconds, 86_400_000))
        let ofDay = CivilTime.floorModulo(milliseconds, 86_400_000)
        padded(year, 4)
        bytes.append(UInt8(ascii: "-"))
        padded(month, 2)
        bytes.append(UInt8(ascii: "-"))
        padded(day, 2)
        bytes.append(UInt8(ascii: "T"))
        padded(ofDay / 3_600_000, 2)
        bytes.append(UInt8(ascii: ":"))
        padded(ofDay / 60_000 % 60, 2)
        bytes.append(UInt8(ascii: ":"))
        padded(ofDay / 1000 % 60, 2)
        let fraction = ofDay % 1000
        if fraction > 0 {
            bytes.append(UInt8(ascii: "."))
            padded(fraction, 3)
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    private mutating func padded(_ value: Int, _ width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    private static let hex: [UInt8] = Array("0123456789abcdef".utf8)
}
