public import FoundationEssentials

// `[UInt8]` is bytea: arrays ask their element type how they are encoded, and UInt8 answers with this.
extension UInt8: PostgresArrayEncodable, PostgresArrayDecodable {
    public static var postgresArrayType: PostgresType { .bytea }

    public static func encode(array: [UInt8], into parameter: inout ParameterEncoder) throws {
        array.withUnsafeBytes { encodeBytes($0, into: &parameter) }
    }

    public static func decodeArray(from cell: Cell) throws -> [UInt8] {
        guard !cell.isNull, !cell.isText, cell.type == .bytea else { throw cell.mismatch("[UInt8]") }
        return cell.bytes!
    }
}

extension Data: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .bytea }

    public func encode(into parameter: inout ParameterEncoder) throws {
        withUnsafeBytes { encodeBytes($0, into: &parameter) }
    }

    public init(from cell: Cell) throws { self.init(try [UInt8](from: cell)) }
}

private func encodeBytes(_ bytes: UnsafeRawBufferPointer, into parameter: inout ParameterEncoder) {
    if parameter.type == .bytea {
        parameter.binary(bytes)
    } else {
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("\\x".utf8)
        text.reserveCapacity(2 + 2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        text.withUnsafeBytes { parameter.text($0) }
    }
}
