package import Foundation

/// Times and spans as the command prints them for people: always UTC, so that stories of several machines line up.
package enum PlainTime {
    /// `2026-03-02 08:15:07 UTC`
    package static func seconds(_ date: Date) -> String {
        date.formatted(dateAndTime.time(includingFractionalSeconds: false)) + " UTC"
    }

    /// `2026-03-02 08:15:07.412 UTC`
    package static func milliseconds(_ date: Date) -> String {
        date.formatted(dateAndTime.time(includingFractionalSeconds: true)) + " UTC"
    }

    /// `2 h 05 min`, `3 min 20 s`, `41 s`: two units at most.
    package static func span(_ seconds: Double) -> String {
        let whole = Int(abs(seconds).rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min" + (whole % 60 == 0 ? "" : " \(whole % 60) s")
        case ..<86_400: return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
        default: return "\(whole / 86_400) d \(padded(whole / 3600 % 24)) h"
        }
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static var dateAndTime: Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().dateTimeSeparator(.space)
    }
}
