import Foundation

/// Values as CSV by RFC 4180: commas, a line of names first, quotes where a value needs them, lines ended by CR and LF.
package enum CSVText {
    /// The last line has no end of its own: who prints it gives one.
    package static func write(_ columns: [String], _ rows: [[OutputValue]]) -> String {
        ([columns.map { quote($0) }] + rows.map { $0.map(field) })
            .map { $0.joined(separator: ",") }
            .joined(separator: "\r\n")
    }

    /// One value: nothing for none, a text that is empty as `""`, one that a spreadsheet would reckon with behind an apostrophe, times as ISO 8601 in UTC, numbers and JSON as in JSON.
    package static func field(_ value: OutputValue) -> String {
        switch value {
        case .none: ""
        case .text(let text): text.isEmpty ? "\"\"" : quote(inert(text))
        case .time(let date): date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        case .whole, .number, .flag: JSONOutput.write(value)
        case .list, .object, .json: quote(JSONOutput.write(value))
        }
    }

    /// Spreadsheets take a text that begins so for a formula, and what it does for the reader's own wish: behind an apostrophe it is a text
    /// again. A number with its sign, such as a phone number, does nothing.
    private static func inert(_ text: String) -> String {
        guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first), !isSignedNumber(text.utf8) else { return text }
        return "'" + text
    }

    private static func isSignedNumber(_ text: String.UTF8View) -> Bool {
        text.count > 1 && "+-".utf8.contains(text.first!)
            && text.dropFirst().allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func quote(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) || text != trimmed(text) else {
            return text
        }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// Some readers drop blanks at the ends of a value that is not quoted.
    private static func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }
}
