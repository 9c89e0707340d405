/// PostgreSQL's `numeric` as its text: exact, of any size. Also `NaN`, `Infinity` and `-Infinity`.
public struct Numeric: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }
    public init(_ value: some BinaryInteger) { text = String(value) }
    public init(stringLiteral text: String) { self.init(text) }
    public init(integerLiteral value: Int64) { self.init(value) }

    public var description: String { text }

    /// Without a fraction of zeros.
    var integralText: String {
        guard let point = text.firstIndex(of: "."), text[text.index(after: point)...].allSatisfy({ $0 == "0" }) else {
            return text
        }
        return String(text[..<point])
    }
}

extension Numeric: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .numeric }

    public func encode(into parameter: inout ParameterEncoder) throws { parameter.text(text) }

    public init(from cell: Cell) throws {
        guard !cell.isNull, !cell.isText else { throw cell.mismatch("Numeric") }
        switch cell.type {
        case .int8, .int4, .int2: text = String(try Int64(from: cell))
        case .numeric: text = try Self.text(of: cell)
        default: throw cell.mismatch("Numeric")
        }
    }

    /// Groups of four decimal digits: count, weight of the first, sign, digits after the point, then the groups.
    private static func text(of cell: Cell) throws -> String {
        guard cell.count >= 8 else { throw cell.mismatch("Numeric") }
        let groups = Int(cell.integer(at: 0, as: Int16.self))
        let weight = Int(cell.integer(at: 2, as: Int16.self))
        let scale = Int(cell.integer(at: 6, as: Int16.self))
        var text = ""
        switch cell.integer(at: 4, as: UInt16.self) {
        case 0x0000: break
        case 0x4000: text = "-"
        case 0xC000: return "NaN"
        case 0xD000: return "Infinity"
        case 0xF000: return "-Infinity"
        default: throw cell.mismatch("Numeric")
        }
        guard cell.count >= 8 + 2 * groups else { throw cell.mismatch("Numeric") }
        func digits(_ group: Int) -> String {
            let value = group >= 0 && group < groups ? Int(cell.integer(at: 8 + 2 * group, as: Int16.self)) : 0
            let digits = String(value)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        let whole = weight < 0 ? "0" : (0...weight).map(digits).joined().drop { $0 == "0" }
        text += whole.isEmpty ? "0" : whole
        if scale > 0 {
            let count = (scale + 3) / 4
            text += "." + (1...count).map { digits(weight + $0) }.joined().prefix(scale)
        }
        return text
    }
}
