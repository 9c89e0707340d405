import ArgumentParser
import Foundation

/// A day (its start in UTC) or a moment, as people type it: `2026-01-31`, `2026-01-31T08:00:00Z`, `2026-01-31T08:00:00+01:00`.
struct PointInTime: ExpressibleByArgument, Sendable, Hashable {
    let date: Date

    init?(argument: String) {
        let moment = Date.ISO8601FormatStyle()
        let day = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
        if let date = try? moment.parse(argument) {
            self.date = date
        } else if argument.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil, let date = try? day.parse(argument) {
            self.date = date
        } else {
            return nil
        }
    }
}
