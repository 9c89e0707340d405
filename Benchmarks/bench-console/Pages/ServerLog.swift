import Foundation

/// What the server's log tells of statements, with `log_min_duration_statement` and auto_explain.
enum ServerLog {
    enum Entry: Sendable, Equatable {
        /// A step of a statement: `parse`, `bind` or `execute`.
        case step(statement: String, sql: String, milliseconds: Double)
        /// The text of the statement, then its plan.
        case plan(String)
    }

    /// - Parameters:
    ///   - text: whole entries; further lines of one begin with a tab.
    ///   - user: whose entries.
    static func entries(_ text: String, of user: String) -> [Entry] {
        var messages: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("\t"), !messages.isEmpty {
                messages[messages.count - 1] += "\n\(line.dropFirst())"
            } else {
                messages.append(String(line))
            }
        }
        return messages.filter { $0.contains(" \(user)@") }.compactMap(entry)
    }

    private static func entry(_ message: String) -> Entry? {
        guard let head = message.firstMatch(of: /LOG:  duration: ([0-9.]+) ms  (plan|parse|bind|execute)/),
            let milliseconds = Double(head.1)
        else { return nil }
        let rest = message[head.range.upperBound...]
        if head.2 == "plan" {
            return rest.range(of: "Query Text: ").map { .plan(String(rest[$0.upperBound...])) }
        }
        guard let colon = rest.range(of: ": ") else { return nil }
        return .step(
            statement: rest[..<colon.lowerBound].trimmingCharacters(in: .whitespaces), sql: String(rest[colon.upperBound...]),
            milliseconds: milliseconds)
    }
}
