import Foundation

/// Writes an `OutputValue` as JSON, members in the order given, times as ISO 8601 in UTC.
package enum JSONOutput {
    package static func write(_ value: OutputValue) -> String {
        switch value {
        case .none: "null"
        case .text(let text): quote(text)
        case .whole(let whole): String(whole)
        case .number(let number): number.isFinite ? String(number) : "null"
        case .flag(let flag): flag ? "true" : "false"
        case .time(let date): quote(date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        case .list(let values): "[" + values.map(write).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { quote($0.name) + ":" + write($0.value) }.joined(separator: ",") + "}"
        case .json(let json): json
        }
    }

    private static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20: quoted += String(format: "\\u%04x", scalar.value)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
