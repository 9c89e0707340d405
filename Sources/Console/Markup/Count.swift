/// How many there are, as far as it is worth counting: a list's count and that of the button which acts on all of it are the same value.
struct Count: Sendable, Equatable, CustomStringConvertible {
    /// What is counted to. Statements count one more (`LIMIT 10001`) to know whether there are more.
    static let limit = 10_000

    let number: Int
    let isMore: Bool

    /// - Parameter counted: up to ``limit`` and one more.
    init(_ counted: Int) {
        number = min(counted, Self.limit)
        isMore = counted > Self.limit
    }

    init(_ counted: Int64) { self.init(Int(clamping: counted)) }

    /// - Parameter isMore: it was not counted to the end, so there may be more.
    init(_ number: Int, isMore: Bool) {
        self.number = number
        self.isMore = isMore
    }

    /// There is none, for certain.
    var isZero: Bool { number == 0 && !isMore }

    /// `1 234`, or `10 000+`.
    var description: String { Self.grouped(number) + (isMore ? "+" : "") }

    /// `12 jobs`, `1 job`, `10 000+ jobs`.
    func of(_ singular: String, _ plural: String? = nil) -> String {
        "\(self) \(number == 1 && !isMore ? singular : plural ?? singular + "s")"
    }

    /// Digits in groups of three with a narrow blank that does not break.
    static func grouped(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { grouped.append("\u{202F}") }
            grouped.append(digit)
        }
        return (number < 0 ? "−" : "") + grouped
    }
}
