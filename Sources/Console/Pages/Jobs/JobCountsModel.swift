import Foundation
import Jobs
import Operations
import Postgres

/// How many jobs stand where: the live part of the page of jobs.
struct JobCountsModel: Sendable {
    struct Cell: Sendable {
        let text: String
        /// Nil: none, and nothing to see.
        let href: String?
        let isBad: Bool
    }

    struct Row: Sendable {
        let kind: String
        let lane: String
        let cells: [Cell]
        let oldest: String
    }

    let ready: String
    let running: String
    let later: String
    let dead: String
    let isAnyDead: Bool
    let doneInAnHour: String
    let failedInAnHour: String
    let oldestWaiting: String
    let rows: [Row]
    let hasRows: Bool
    let countedAt: TimeMark?
    let svg: Markup

    private static let columns: [[String]] = [["ready"], ["running"], ConsoleJobFilter.later, ["dead"]]

    static func read(_ database: Database, now: Date) async throws -> JobCountsModel {
        async let counts = JobAdmin(database: database).counts()
        async let totals = JobFlowStore(database: database).totals(.seconds(3600))
        return JobCountsModel(try await counts, try await totals, now: now)
    }

    init(_ counts: [JobCount], _ totals: JobFlowStore.Totals, now: Date) {
        let counts = counts.filter { $0.jobs > 0 }
        let states = Dictionary(counts.map { ($0.state, $0.jobs) }, uniquingKeysWith: +)
        func sum(_ names: [String]) -> Int { names.reduce(0) { $0 + (states[$1] ?? 0) } }
        ready = Count.grouped(sum(["ready"]))
        running = Count.grouped(sum(["running"]))
        later = Count.grouped(sum(ConsoleJobFilter.later))
        dead = Count.grouped(sum(["dead"]))
        isAnyDead = sum(["dead"]) > 0
        doneInAnHour = Count.grouped(totals.done)
        failedInAnHour = Count.grouped(totals.retried)
        let oldest = counts.filter { $0.state == "ready" }.map(\.oldest).min()
        oldestWaiting = oldest.map { PlainTime.span(now.timeIntervalSince($0)) } ?? "none waits"
        rows = Self.rows(counts, now: now)
        hasRows = !rows.isEmpty
        countedAt = TimeMark(counts.map(\.countedAt).max(), now: now)
        svg = StateDiagram(counts: states.merging(["done": Int(totals.done)]) { $1 }).markup
    }

    private static func rows(_ counts: [JobCount], now: Date) -> [Row] {
        let groups = Dictionary(grouping: counts) { "\($0.kind) \($0.lane.rawValue)" }
        return groups.sorted { $0.key < $1.key }.map { _, group in
            let kind = group[0].kind
            let cells = columns.map { states in
                let jobs = group.filter { states.contains($0.state) }.reduce(0) { $0 + $1.jobs }
                let lane = JobWords.lane(Int(group[0].lane.rawValue))
                let query = Query().setting("kind", kind).setting("lane", lane).setting(
                    "state", ConsoleJobFilter.word(for: states))
                return Cell(
                    text: Count.grouped(jobs), href: jobs > 0 ? query.link("/jobs") + "#list" : nil,
                    isBad: states == ["dead"] && jobs > 0)
            }
            let oldest = group.filter { $0.state == "ready" }.map(\.oldest).min()
            return Row(
                kind: kind, lane: JobWords.lane(Int(group[0].lane.rawValue)), cells: cells,
                oldest: oldest.map { PlainTime.span(now.timeIntervalSince($0)) } ?? "–")
        }
    }
}
