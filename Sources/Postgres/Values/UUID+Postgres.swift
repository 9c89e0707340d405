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
