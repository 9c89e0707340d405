public import FoundationEssentials

extension UUID: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .uuid }

    public func encode(into parameter: inout ParameterEncoder) throws {
        if parameter.type == .uuid {
            withUnsafeBytes(of: uuid) { parameter.binary($0) }
        } else {
            parameter.text(uuidString.lowercased())
        }
    }

    public init(from cell: Cell) throws {
        guard !cell.isNull, !cell.isText, cell.type == .uuid, cell.count == 16 else { throw cell.mismatch("UUID") }
        self.init(uuid: cell.start!.loadUnaligned(as: uuid_t.self))
    }
}

extension UUID {
    /// Reads 32 hexadecimal digits of either case with four hyphens between them; nil when the text is anything else. The same as
    /// `init(uuidString:)` at a tenth of its time, for what is read by the hundred thousand.
    package init?(hyphenated text: String) {
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        var text = text
        let isRead = text.withUTF8 { text in
            guard text.count == 36 else { return false }
            return withUnsafeMutableBytes(of: &bytes) { bytes in
                var at = 0
                for index in bytes.indices {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        guard text[at] == UInt8(ascii: "-") else { return false }
                        at += 1
                    }
                    guard let high = Self.digit(text[at]), let low = Self.digit(text[at + 1]) else { return false }
                    bytes[index] = high << 4 | low
                    at += 2
                }
                return true
            }
        }
        guard isRead else { return nil }
        self.init(uuid: bytes)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x61...0x66: byte - 0x57
        case 0x41...0x46: byte - 0x37
        default: nil
        }
    }
}
