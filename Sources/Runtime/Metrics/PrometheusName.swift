/// Names and labels the way Prometheus wants them.
enum PrometheusName {
    /// Letters, digits, `_` and `:`, not beginning with a digit.
    static func base(_ label: String) -> String { clean(label, extra: 0x3A) }

    static func counter(_ label: String) -> String { suffixed(base(label), "_total") }
    static func timer(_ label: String) -> String { suffixed(base(label), "_seconds") }

    /// `{a="1",b="2"}` in order of name, or nothing.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        var byName: [String: String] = [:]
        for (name, value) in dimensions { byName[clean(name, extra: nil)] = value }
        return "{" + byName.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// OpenMetrics escapes quotation marks here, too.
    static func escapedHelp(_ text: String, _ format: TextFormat) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return format == .openMetrics ? escaped.replacing("\"", with: "\\\"") : escaped
    }

    /// The end of a bucket. OpenMetrics wants whole numbers to show that they are floating-point ones.
    static func bound(_ value: Double, _ format: TextFormat) -> String {
        let text = number(value)
        return format == .openMetrics && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text + ".0" : text
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    private static func suffixed(_ name: String, _ suffix: String) -> String { name.hasSuffix(suffix) ? name : name + suffix }

    private static func clean(_ text: String, extra: UInt8?) -> String {
        var bytes = text.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: byte
            case extra: byte
            default: 0x5F
            }
        }
        if let first = bytes.first, (0x30...0x39).contains(first) { bytes.insert(0x5F, at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
