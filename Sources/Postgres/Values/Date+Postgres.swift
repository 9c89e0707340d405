public import FoundationEssentials

extension Date: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .timestamptz }

    /// Microseconds since 2000-01-01 UTC, as PostgreSQL counts them. `distantFuture` and later are `infinity`, `distantPast` and
    /// earlier `-infinity`.
    var postgresMicroseconds: Int64 {
        if self >= .distantFuture { return .max }
        if self <= .distantPast { return .min }
        // Whole seconds and the rest apart: one multiplication would cost the last digits.
        let seconds = timeIntervalSinceReferenceDate.rounded(.down)
        let rest = ((timeIntervalSinceReferenceDate - seconds) * 1_000_000).rounded()
        return (Int64(seconds) + Self.secondsFrom2000To2001) * 1_000_000 + Int64(rest)
    }

    init(postgresMicroseconds microseconds: Int64) {
        switch microseconds {
        case .max: self = .distantFuture
        case .min: self = .distantPast
        default:
            let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
            self.init(timeIntervalSinceReferenceDate: Double(seconds - Self.secondsFrom2000To2001) + Double(rest) / 1_000_000)
        }
    }

    private static var secondsFrom2000To2001: Int64 { 366 * 86_400 }

    /// For `timestamptz`; a `timestamp` without a zone takes it as UTC.
    public func encode(into parameter: inout ParameterEncoder) throws {
        switch parameter.type {
        case .timestamptz, .timestamp: parameter.binary(postgresMicroseconds)
        default: parameter.text(postgresText)
        }
    }

    public init(from cell: Cell) throws {
        guard !cell.isNull, !cell.isText, cell.type == .timestamptz || cell.type == .timestamp, cell.count == 8 else {
            throw cell.mismatch("Date")
        }
        self.init(postgresMicroseconds: cell.integer())
    }

    /// `2026-11-22 11:03:04.000123+00`
    var postgresText: String {
        let microseconds = postgresMicroseconds
        if microseconds == .max { return "infinity" }
        if microseconds == .min { return "-infinity" }
        let day = microseconds >= 0 ? microseconds / 86_400_000_000 : (microseconds - 86_399_999_999) / 86_400_000_000
        let time = Int(microseconds - day * 86_400_000_000)
        let date = CalendarDate(days: Int32(day)).civil
        return String(unsafeUninitializedCapacity: 48) { buffer in
            var digits = DigitWriter(buffer)
            digits.write(date)
            digits.write(UInt8(ascii: " "), time / 3_600_000_000, width: 2)
            digits.write(UInt8(ascii: ":"), time / 60_000_000 % 60, width: 2)
            digits.write(UInt8(ascii: ":"), time / 1_000_000 % 60, width: 2)
            digits.write(UInt8(ascii: "."), time % 1_000_000, width: 6)
            digits.write("+00")
            if date.year <= 0 { digits.write(" BC") }
            return digits.count
        }
    }
}
