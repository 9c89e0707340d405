/// One value of a result: NULL, or bytes in the binary form of its type.
public struct Cell: Sendable {
    // Keeps the bytes alive.
    let storage: ResultStorage
    nonisolated(unsafe) let start: UnsafeRawPointer?
    let count: Int
    /// The server's type of the column.
    public let type: PostgresType
    /// Whether the bytes are the text form instead of the binary one.
    let isText: Bool
    let column: Int

    public var isNull: Bool { start == nil }

    /// The bytes as they came; nil for NULL.
    public var bytes: [UInt8]? { start.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: count)) } }

    /// The value as `type`. Throws `PostgresError.Code.decoding` when it is NULL (ask for an optional then) or does not fit.
    public func decode<T: PostgresDecodable>(_ type: T.Type = T.self) throws -> T { try T(from: self) }

    /// Calls `body` with the bytes, which must not escape. Throws for NULL.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        guard let start else { throw mismatch("NULL") }
        defer { extendLifetime(storage) }
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The error to throw when the value doesn't fit; `what` names the Swift type and must not quote the value.
    public func mismatch(_ what: String) -> PostgresError {
        let name = storage.name(of: column)
        let problem = isNull ? "is NULL" : "has type OID \(type.rawValue) with \(count) bytes"
        return PostgresError(.decoding, "column \(column) (\(name)) \(problem), asked for as \(what)")
    }

    /// A big-endian integer at an offset; the caller has checked the length.
    func integer<T: FixedWidthInteger>(at offset: Int = 0, as: T.Type = T.self) -> T {
        T(bigEndian: start!.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    /// The bytes as UTF-8 text.
    var text: String { String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self) }

    /// A part of this value as a value of its own.
    func part(at offset: Int, count: Int, type: PostgresType) -> Cell {
        Cell(
            storage: storage, start: count < 0 ? nil : start! + offset, count: max(0, count), type: type, isText: isText,
            column: column)
    }
}
