import Foundation
import Operations
import Postgres

/// The overview's pictures.
enum OverviewCharts {
    /// What became of each day's calls.
    static func days(_ days: [BalanceStore.Day]) -> Markup {
        let total = days.reduce(0) { $0 + $1.seen }
        return BarChart(
            id: "days", title: "Calls by day",
            summary: "What became of the \(Count.grouped(total)) calls of the last 14 days, by the UTC day of their start.",
            parts: [("in Dynamics", "s1"), ("skipped by rule", "s6"), ("pending", "s3"), ("dead", "s5"), ("withdrawn", "s4")],
            bars: days.map { day in
                BarChart.Bar(
                    name: String(day.day.description.suffix(5)),
                    values: [day.written + day.adopted, day.skipped, day.pending, day.dead, day.withdrawn].map {
                        Double(max(0, $0))
                    })
            }
        ).markup
    }

    /// How long live calls took from their end to their record.
    static func latency(_ hours: [(hour: Date, p50: Double?, p95: Double?)]) -> Markup {
        LineChart(
            id: "latency", title: "Seconds from a call's end to its record",
            summary: "Seconds within which 95 and 50 of 100 live calls stood in Dynamics, by hour of the last day.",
            times: hours.map(\.hour),
            series: [
                .init(name: "95 of 100", values: hours.map { $0.p95.flatMap { $0.isFinite ? $0 : nil } }),
                .init(name: "half", values: hours.map { $0.p50.flatMap { $0.isFinite ? $0 : nil } }),
            ]
        ).markup
    }

    /// What waited to be done.
    static func backlog(_ backlog: [JobFlowStore.Backlog]) -> Markup {
        LineChart(
            id: "backlog", title: "Jobs that wait",
            summary:
                "The most jobs of all tenants that were ready, to be tried again, or for later in one minute of each ten, of the last day. Later: behind another of their key, held by a pause, or for a time. Dead jobs are not among them.",
            times: backlog.map(\.at),
            series: [
                .init(name: "ready", values: backlog.map { Double($0.ready) }),
                .init(name: "to be tried again", values: backlog.map { Double($0.retry) }),
                .init(name: "later", values: backlog.map { Double($0.later) }),
            ]
        ).markup
    }

    /// Today's calls, five minutes a cell.
    static func heat(_ minutes: [JobFlowStore.Minute], since midnight: Date) -> Markup {
        var values = [[Double?]](repeating: [Double?](repeating: nil, count: 12), count: 24)
        for minute in minutes {
            let number = Int(minute.at.timeIntervalSince(midnight) / 60)
            guard (0..<1440).contains(number) else { continue }
            let cell = values[number / 60][number % 60 / 5] ?? 0
            values[number / 60][number % 60 / 5] = cell + Double(minute.calls)
        }
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return HeatMap(
            id: "heat", title: "Calls of today",
            summary:
                "Calls of all tenants that were dealt with today, an hour a line and five minutes a cell (UTC): the more, the stronger.",
            rows: (0..<24).map { padded($0) + ":00" }, columns: (0..<12).map { ":" + padded($0 * 5) }, values: values,
            rowsEvery: 2
        ).markup
    }

    /// What was done minute by minute.
    static func flow(_ minutes: [JobFlowStore.Minute]) -> Markup {
        // The present minute is not over.
        let minutes = minutes.dropLast()
        return LineChart(
            id: "flow", title: "Flow per minute",
            summary: "Calls dealt with, jobs done and attempts that failed in each minute of the last two hours, of all tenants.",
            times: minutes.map(\.at),
            series: [
                .init(name: "calls", values: minutes.map { Double($0.calls) }),
                .init(name: "jobs of all kinds", values: minutes.map { Double($0.done) }),
                .init(name: "failed attempts", values: minutes.map { Double($0.failed) }),
            ]
        ).markup
    }
}
