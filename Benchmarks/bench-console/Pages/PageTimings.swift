import Console
import EmbeddedPostgres
import Foundation
import Plans
import Postgres

/// Times every page of the console as a browser gets it: the first answer, and the median and the worst of some more.
struct PageTimings {
    let cluster: BenchCluster
    let runs: Int
    let planFolder: URL?
    /// Takes the shapes of plans; nil: they are not recorded.
    let record: RecordedPlans?

    struct Timing: Sendable {
        /// The address, and behind a list's that it is its second page.
        var name: String
        var address: String
        var firstMilliseconds: Double
        var medianMilliseconds: Double
        var worstMilliseconds: Double
        var bytes: Int
        /// Another answer than 200, if there was one.
        var refusal: UInt?
    }

    /// A page that takes longer is told with the statements that it waits for.
    private static let slow = 200.0

    /// Prints a table of all pages and answers the slowest.
    ///
    /// - Throws: `BenchError` when pages answered with another status than 200, after all were asked.
    func measure() async throws -> [(name: String, value: String)] {
        let administrator = try await BenchOperator.make(on: cluster.database)
        let looks = Looks(examples: try await Examples.read(from: cluster.database))
        let console = try await ConsoleServer.start(
            databaseURL: try await cluster.consoleURL(), log: cluster.server.folder.appending(path: "console.log"))
        do {
            let browser = Browser(address: console.address)
            try await browser.signIn(administrator.name, administrator.password)
            let figures = try await measure(looks, browser, console)
            console.stop()
            return figures
        } catch {
            Progress.say("console said last:\n\(console.lastWords)")
            console.stop()
            throw error
        }
    }

    private func measure(_ looks: Looks, _ browser: Browser, _ console: ConsoleServer) async throws -> [(
        name: String, value: String
    )] {
        var timings: [Timing] = []
        for address in try looks.all() {
            let (timing, next) = try await time(address, browser)
            timings.append(timing)
            if let next {
                timings.append(try await time(next, named: "\(address) (second page)", browser).timing)
            } else if looks.long.contains(address), timing.refusal == nil {
                throw BenchError("\(address) has no second page")
            }
        }
        Progress.say(Self.table(timings))
        let refusals = timings.compactMap { timing in timing.refusal.map { "\(timing.name) answered \($0)" } }
        guard refusals.isEmpty else { throw BenchError(refusals.joined(separator: "\n")) }
        let live = try await LiveTimings(browser: browser, console: console, runs: runs).measure()
        try await tellStatements(timings, browser)
        let slowest = timings.max { $0.medianMilliseconds < $1.medianMilliseconds }
        guard let slowest, let worst = timings.map(\.worstMilliseconds).max() else { return [] }
        // A report's page takes what the report takes.
        let others = timings.filter { !$0.address.hasPrefix("/reports/") }.max { $0.medianMilliseconds < $1.medianMilliseconds }
        return [
            ("slowest_page_ms", whole(slowest.medianMilliseconds)), ("slowest_page", "\"\(slowest.name)\""),
            ("slowest_page_but_reports_ms", whole(others?.medianMilliseconds ?? 0)),
            ("slowest_page_but_reports", "\"\(others?.name ?? "")\""), ("worst_page_ms", whole(worst)),
            ("slow_pages", "\(timings.count { $0.medianMilliseconds > Self.slow })"), ("pages", "\(timings.count)"),
            ("slowest_live_part_ms", whole(live)),
        ]
    }

    private func time(
        _ address: String, named name: String? = nil, _ browser: Browser
    ) async throws -> (timing: Timing, next: String?) {
        var milliseconds: [Double] = []
        var last: Browser.Answer?
        var refusal: UInt?
        for _ in 0...runs {
            let answer = try await browser.get(address)
            if answer.status != 200 { refusal = answer.status }
            milliseconds.append(answer.milliseconds)
            last = answer
        }
        let later = milliseconds.dropFirst().sorted()
        let timing = Timing(
            name: name ?? address, address: address, firstMilliseconds: milliseconds[0],
            medianMilliseconds: later[later.count / 2],
            worstMilliseconds: later[later.count - 1], bytes: last?.text.utf8.count ?? 0, refusal: refusal)
        return (timing, last?.next)
    }

    /// Where the time of slow pages goes; with a folder for plans, that of all of them.
    private func tellStatements(_ timings: [Timing], _ browser: Browser) async throws {
        let told = timings.filter { planFolder != nil || record != nil || $0.medianMilliseconds > Self.slow }
        guard !told.isEmpty else { return }
        let watch = try await StatementWatch.begin(on: cluster)
        var shapes: [String: [PlanShape]] = [:]
        for timing in told {
            // Instruments slow statements down, so this answer may come too late for the console.
            let statements = PageStatements(try await watch.statements { _ = try await browser.get(timing.address) })
            if let planFolder { try statements.write(to: planFolder, page: timing.name) }
            if !timing.address.hasPrefix("/reports/") {
                for item in statements.items { shapes[item.name, default: []].append(PlanShape(text: item.plan)) }
            }
            if timing.medianMilliseconds > Self.slow {
                Progress.say("\(timing.name): \(whole(timing.medianMilliseconds)) ms\n\(statements.summary)")
            }
        }
        try record?.record(statements: shapes)
        try await watch.end()
    }

    private func whole(_ milliseconds: Double) -> String { String(Int(milliseconds.rounded())) }

    private static func table(_ timings: [Timing]) -> String {
        let width = 84
        let lines = timings.map { timing in
            let name = timing.name.count > width ? "\(timing.name.prefix(width - 1))…" : timing.name
            return name.padding(toLength: width, withPad: " ", startingAt: 0)
                + String(
                    format: "%9.1f  %9.1f  %9.1f  %6d", timing.firstMilliseconds, timing.medianMilliseconds,
                    timing.worstMilliseconds, timing.bytes / 1024)
        }
        let head = "page".padding(toLength: width, withPad: " ", startingAt: 0) + " first ms  median ms   worst ms      kB"
        return ([head] + lines).joined(separator: "\n")
    }
}
