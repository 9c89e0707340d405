import Foundation
import Jobs
import Operations

/// Figures of the overview, ready to print.
enum OverviewFigures {
    static func figures(_ today: BalanceStore.Day?, _ jobs: [JobCount], now: Date) -> [OverviewNow.Figure] {
        let seen = today?.seen ?? 0
        let there = (today?.written ?? 0) + (today?.adopted ?? 0)
        let (pending, dead, difference) = (today?.pending ?? 0, today?.dead ?? 0, today?.difference ?? 0)
        let share = seen > 0 ? "\(Int((Double(there) / Double(seen) * 100).rounded())) of 100" : "no call yet"
        let ready = jobs.filter { $0.state == "ready" }
        let oldest = ready.map(\.oldest).min().map { now.timeIntervalSince($0) }
        let deadJobs = jobs.filter { $0.state == "dead" }.reduce(0) { $0 + $1.jobs }
        return [
            figure("Calls today", seen, "by UTC day of their start"),
            figure("In Dynamics", there, share),
            figure("Skipped by rule", today?.skipped ?? 0),
            figure("Pending", pending),
            figure("Dead", dead, dead > 0 ? "given up" : nil, look: dead > 0 ? "bad" : ""),
            figure(
                "Difference", difference, difference == 0 ? "the day balances" : "the day does not balance",
                look: difference == 0 ? "" : "bad"),
            OverviewNow.Figure(
                name: "Oldest waiting", value: oldest.map { PlainTime.span(max(0, $0)) } ?? "none",
                more: "\(Count.grouped(ready.reduce(0) { $0 + $1.jobs })) jobs are ready", look: (oldest ?? 0) > 300 ? "warn" : ""
            ),
            figure("Dead jobs", Int64(deadJobs), "wait for an operator", look: deadJobs > 0 ? "bad" : ""),
        ]
    }

    private static func figure(_ name: String, _ value: Int64, _ more: String? = nil, look: String = "") -> OverviewNow.Figure {
        OverviewNow.Figure(name: name, value: Count.grouped(value), more: more, look: look)
    }

    static func budget(_ budget: BudgetStore.Budget) -> OverviewNow.Budget {
        let share = max(budget.requestsShare ?? 0, budget.secondsShare ?? 0)
        let percent = min(100, Int((share * 100).rounded()))
        let state: Tag =
            budget.blockedUntil.map { Tag("refused until \(PlainTime.seconds($0))", .bad) }
            ?? (percent >= 90 ? Tag("nearly full", .warn) : Tag("open", .good))
        return OverviewNow.Budget(
            tenant: budget.tenant, state: state, inFlight: "\(budget.inFlight) of \(Int(budget.width))",
            waiting: Count.grouped(budget.waiting),
            share: "\(percent) of 100", percent: percent)
    }

    /// When what waits will be done at the pace of the last ten minutes, and backfills at work.
    static func forecasts(_ backlog: [BudgetStore.Backlog], _ backfills: [BackfillRow], now: Date) -> [OverviewNow.Forecast] {
        backlog.map { line in
            OverviewNow.Forecast(
                what: line.kind, jobs: Count.grouped(line.jobs),
                words: line.secondsLeft.map { done(at: now.addingTimeInterval($0), in: $0) }
                    ?? "none was done in the last ten minutes")
        }
            + backfills.filter(\.isAtWork).map { row in
                let waiting = Count.grouped(row.pending) + (row.isPendingCut ? "+" : "")
                return OverviewNow.Forecast(
                    what: "backfill \(row.id) of \(row.tenant)",
                    jobs: "\(Int(row.progress * 100)) of 100 read, \(waiting) to write",
                    words: row.secondsLeft.map { done(at: now.addingTimeInterval($0), in: $0) }
                        ?? (row.isPendingCut ? "too many wait to tell" : "has just begun"))
            }
    }

    private static func done(at date: Date, in seconds: Double) -> String {
        "done about \(PlainTime.seconds(date)), in \(PlainTime.span(seconds))"
    }

    /// A line a program: how many run, and what is not well.
    static func programs(_ instances: [InstanceStore.Instance]) -> [OverviewNow.Program] {
        Dictionary(grouping: instances, by: \.program).sorted { $0.key < $1.key }.map { name, runs in
            let (running, lost) = (runs.filter { $0.state == "running" }, runs.count { $0.state == "lost" })
            let troubles = running.compactMap(\.troubles)
            let state: Tag =
                running.isEmpty ? Tag("none runs", .bad) : !troubles.isEmpty ? Tag("trouble", .warn) : Tag("well", .good)
            let words = ["\(running.count) running", lost > 0 ? "\(lost) lost in a day" : nil, troubles.first].compactMap(\.self)
            return OverviewNow.Program(name: name, state: state, words: words.joined(separator: "; "))
        }
    }
}
