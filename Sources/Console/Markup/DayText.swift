import Foundation

/// Days as addresses and inputs have them: `2026-11-29`, UTC.
enum DayText {
    /// Midnight at the day's beginning; nil for what is no day.
    static func date(_ text: String) -> Date? {
        guard text.count == 10 else { return nil }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day())
    }

    static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()) }
}
