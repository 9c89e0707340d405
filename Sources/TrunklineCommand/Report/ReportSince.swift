import ArgumentParser
import Reports

/// Where a report begins, as people type it: a length of time before now, or a point in time.
struct ReportSince: ExpressibleByArgument, Sendable, Hashable {
    let since: Since

    init?(argument: String) {
        if let span = Span(argument) {
            since = .span(span)
        } else if let point = PointInTime(argument: argument) {
            since = .moment(point.date)
        } else {
            return nil
        }
    }
}
