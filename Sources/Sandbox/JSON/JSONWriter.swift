/// Writes JSON straight into bytes. Commas are its business; the nesting is the caller's.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    public mutating func beginObject() { open(UInt8(ascii: "{")) }
    public mutating func endObject() { close(UInt8(ascii: "}")) }
    public mutating func beginArray() { open(UInt8(ascii: "[")) }
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    public mutating func name(_ name: String) {
        comma()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A name prepared by `JSONWriter.prepared(name:)`.
    public mutating func name(prepared: [UInt8]) {
        comma()
        bytes.append(contentsOf: prepared)
        needsComma = false
    }

    /// `"name":`, escaped, for names that are written often.
    public static func prepared(name: String) -> [UInt8] {
        var writer = JSONWriter(capacity: name.utf8.count + 3)
        writer.name(name)
        return writer.bytes
    }

    public mutating func null() { raw("null") }
    public mutating func value(_ value: Bool) { raw(value ? "true" : "false") }

    public mutating func value(_ value: Int64) {
        comma()
        var magnitude = value.magnitude
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        if magnitude == 0 { bytes.append(0x30) }
        let start = bytes.count
        while magnitude > 0 {
            bytes.append(UInt8(magnitude % 10) + 0x30)
            magnitude /= 10
        }
        bytes[start...].reverse()
        needsComma = true
    }

    public mutating func value(_ value: Int) { self.value(Int64(value)) }

    /// Not a number and infinities, which JSON has not, become null.
    public mutating func value(_ value: Double) {
        if value.isFinite { raw(value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)") } else { null() }
    }

    public mutating func value(_ value: String) {
        comma()
        quoted(value)
        needsComma = true
    }

    public mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): self.value(value)
        case .integer(let value): self.value(value)
        case .number(let value): self.value(value)
        case .string(let value): self.value(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members { self.member(member.name, member.value) }
            endObject()
        }
    }

    public mutating func member(_ name: String, _ value: JSON) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: String) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Int) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Double) {
        self.name(name)
        self.value(value)
    }

    public mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        self.value(value)
    }

    /// A value that is valid JSON already.
    public mutating func raw(_ text: String) {
        comma()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    /// A value that is valid JSON already.
    public mutating func raw(_ value: some Collection<UInt8>) {
        comma()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    /// A string value of bytes that need no escaping.
    mutating func plain(_ write: (inout [UInt8]) -> Void) {
        comma()
        bytes.append(UInt8(ascii: "\""))
        write(&bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func comma() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func open(_ byte: UInt8) {
        comma()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func quoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let clean: Void? = text.utf8.withContiguousStorageIfAvailable { buffer in
            var start = 0
            for index in 0..<buffer.count {
                let byte = buffer[index]
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<index]))
                escape(byte)
                start = index + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start...]))
        }
        if clean == nil {
            for byte in text.utf8 {
                if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                    bytes.append(byte)
                } else {
                    escape(byte)
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(contentsOf: Array(hexDigits(of: byte)))
        }
    }

    private func hexDigits(of byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}

extension JSON {
    /// The value as UTF-8 bytes, without blanks.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}
