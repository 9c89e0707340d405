public import Foundation

/// Builds the JSON of a write, straight into bytes.
///
///     var body = ODataBody()
///     body.set("subject", "Inbound call")
///     body.bind("ownerid", "/systemusers(…)")
///     let bytes = body.bytes
public struct ODataBody: Sendable, Hashable {
    private var buffer: [UInt8] = [0x7B]

    public init() { buffer.reserveCapacity(512) }

    /// The finished object.
    public var bytes: [UInt8] { buffer + [0x7D] }
    public var isEmpty: Bool { buffer.count == 1 }

    public mutating func set(_ name: String, _ value: String?) {
        key(name)
        if let value { JSONText.append(value, to: &buffer) } else { null() }
    }
    public mutating func set(_ name: String, _ value: Int?) {
        key(name)
        if let value { buffer.append(contentsOf: String(value).utf8) } else { null() }
    }
    public mutating func set(_ name: String, _ value: Bool?) {
        key(name)
        if let value { buffer.append(contentsOf: (value ? "true" : "false").utf8) } else { null() }
    }
    public mutating func set(_ name: String, _ value: Date?) { set(name, value.map(ODataDate.text)) }
    public mutating func set(_ name: String, _ value: UUID?) { set(name, value?.uuidString.lowercased()) }
    /// Points a navigation property at a row such as `/systemusers(…)`; nil clears it.
    public mutating func bind(_ navigation: String, _ target: String?) { set(navigation + "@odata.bind", target) }
    /// Nested rows, made in the same transaction (deep insert).
    public mutating func set(_ name: String, _ rows: [ODataBody]) {
        key(name)
        buffer.append(0x5B)
        for (index, row) in rows.enumerated() {
            if index > 0 { buffer.append(0x2C) }
            buffer.append(contentsOf: row.buffer)
            buffer.append(0x7D)
        }
        buffer.append(0x5D)
    }

    private mutating func key(_ name: String) {
        if buffer.count > 1 { buffer.append(0x2C) }
        JSONText.append(name, to: &buffer)
        buffer.append(0x3A)
    }
    private mutating func null() { buffer.append(contentsOf: "null".utf8) }
}

enum JSONText {
    /// Writes a JSON string.
    static func append(_ text: String, to buffer: inout [UInt8]) {
        buffer.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5C: buffer.append(contentsOf: [0x5C, byte])
            case 0x0A: buffer.append(contentsOf: "\\n".utf8)
            case 0x0D: buffer.append(contentsOf: "\\r".utf8)
            case 0x09: buffer.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                let hex = Array("0123456789abcdef".utf8)
                buffer.append(contentsOf: "\\u00".utf8)
                buffer.append(contentsOf: [hex[Int(byte >> 4)], hex[Int(byte & 15)]])
            default: buffer.append(byte)
            }
        }
        buffer.append(0x22)
    }
}
