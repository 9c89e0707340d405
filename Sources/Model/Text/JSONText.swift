import FoundationEssentials

/// Writes JSON straight into bytes; members keep the order in which they are written.
public struct JSONText: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() { bytes.reserveCapacity(384) }

    public mutating func object(_ members: (inout JSONText) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    public mutating func array<Element>(_ elements: [Element], _ write: (Element, inout JSONText) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(element, &self)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    public mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }
    public mutating func member(_ name: String, _ value: Int) {
        key(name)
        bytes.append(contentsOf: String(value).utf8)
    }
    public mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }
    public mutating func member(_ name: String, _ values: [String]) {
        key(name)
        array(values) { $1.string($0) }
    }
    public mutating func member(_ name: String, null: Void) {
        key(name)
        bytes.append(contentsOf: "null".utf8)
    }
    public mutating func member(_ name: String, _ nested: (inout JSONText) -> Void) {
        key(name)
        object(nested)
    }
    public mutating func member<Element>(_ name: String, _ elements: [Element], _ write: (Element, inout JSONText) -> Void) {
        key(name)
        array(elements, write)
    }
    mutating func member(_ name: String, milliseconds date: Date) { member(name, date.milliseconds) }

    private mutating func key(_ name: String) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    public mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            // jsonb can't hold a NUL.
            case 0: bytes.append(UInt8(ascii: "?"))
            case 1..<0x20:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
