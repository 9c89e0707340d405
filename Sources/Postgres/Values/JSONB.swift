public import FoundationEssentials

/// JSON as it travels: UTF-8 bytes, neither parsed nor checked here.
public struct JSONB: Sendable, Hashable, ExpressibleByStringLiteral, CustomDebugStringConvertible {
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }
    public init(_ text: String) { bytes = Array(text.utf8) }
    public init(stringLiteral text: String) { self.init(text) }

    /// Encodes a value; throws what `encoder` throws.
    public init(encoding value: some Encodable, with encoder: JSONEncoder = JSONEncoder()) throws {
        bytes = [UInt8](try encoder.encode(value))
    }

    /// Decodes a value; throws what `decoder` throws.
    public func decode<T: Decodable>(_ type: T.Type = T.self, with decoder: JSONDecoder = JSONDecoder()) throws -> T {
        try decoder.decode(type, from: Data(bytes))
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }
    public var debugDescription: String { text }
}

extension JSONB: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .jsonb }

    public func encode(into parameter: inout ParameterEncoder) throws {
        bytes.withUnsafeBytes { parameter.text($0) }
    }

    public init(from cell: Cell) throws {
        guard !cell.isNull else { throw cell.mismatch("JSONB") }
        switch cell.type {
        case .jsonb where !cell.isText:
            // A version byte leads the binary form.
            guard cell.count >= 1, cell.integer(as: UInt8.self) == 1 else { throw cell.mismatch("JSONB") }
            bytes = try cell.withBytes { [UInt8]($0.dropFirst()) }
        case .jsonb, .json, .text: bytes = cell.bytes!
        default: throw cell.mismatch("JSONB")
        }
    }
}
