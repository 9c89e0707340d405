import Foundation
import Operations

/// A moment as pages show it; the part `parts/time` prints it.
struct TimeMark: Sendable {
    /// For machines, to the millisecond, in UTC.
    let iso: String
    /// For people, to the second: `2026-03-02 08:15:07 UTC`.
    let text: String
    /// The same without the zone, for tables whose head says it.
    let short: String
    /// `3 min 20 s ago`, or `in 41 s`.
    let ago: String
    /// With the zone.
    let html: Markup
    /// Without it.
    let shortHTML: Markup

    init(_ date: Date, now: Date) {
        // A moment in milliseconds lies as often just below what it means as above it, and the format cuts.
        iso = date.addingTimeInterval(0.000_01).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        text = PlainTime.seconds(date)
        short = String(text.dropLast(4))
        let seconds = now.timeIntervalSince(date)
        ago = seconds >= 0 ? "\(PlainTime.span(seconds)) ago" : "in \(PlainTime.span(-seconds))"
        // Digits and words of this program's own: nothing to escape.
        let start = "<time datetime=\"\(iso)\" title=\"\(ago)\">"
        html = Markup(safe: start + text + "</time>")
        shortHTML = Markup(safe: start + short + "</time>")
    }

    init?(_ date: Date?, now: Date) {
        guard let date else { return nil }
        self.init(date, now: now)
    }
}
