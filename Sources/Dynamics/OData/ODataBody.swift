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

    /// A nested object, such as a label or a complex value.
    public mutating func set(_ name: String, _ object: ODataBody) {
        key(name)
        buffer.append(contentsOf: object.bytes)
    }
    public mutating func set(_ name: String, _ texts: [String]) { set(name, .array(texts.map(ODataValue.string))) }
    /// A value as an answer had it.
    public mutating func set(_ name: String, _ value: ODataValue) {
        key(name)
        value.append(to: &buffer)
    }

    private mutating func key(_ name: String) {
        if buffer.count > 1 { buffer.append(0x2C) }
        JSONText.append(name, to: &buffer)
        buffer.append(0x3A)
    }
    private mutating func null() { buffer.append(contentsOf: "null".utf8) }
}

extension ODataBody {
    /// The row as it came, for a write of the whole: all members but those that start with `@odata.` and are not types.
    public init(_ row: ODataRow) {
        self.init()
        for member in row.members where !member.name.hasPrefix("@odata.") || member.name == "@odata.type" {
            set(member.name, member.value)
        }
    }
}

extension ODataValue {
    /// Writes the value as JSON.
    fileprivate func append(to buffer: inout [UInt8]) {
        switch self {
        case .null: buffer.append(contentsOf: "null".utf8)
        case .bool(let value): buffer.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let text): buffer.append(contentsOf: text.utf8)
        case .string(let text): JSONText.append(text, to: &buffer)
        case .array(let values):
            buffer.append(0x5B)
            for (index, value) in values.enumerated() {
                if index > 0 { buffer.append(0x2C) }
                value.append(to: &buffer)
            }
            buffer.append(0x5D)
        case .object(let row):
            buffer.append(0x7B)
            for (index, member) in row.members.enumerated() {
                if index > 0 { buffer.append(0x2C) }
                JSONText.append(member.name, to: &buffer)
                buffer.append(0x3A)
                member.value.append(to: &buffer)
            }
            buffer.append(0x7D)
        }
    }
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
