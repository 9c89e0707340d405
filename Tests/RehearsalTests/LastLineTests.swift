import Foundation
import TestSupport
import Testing

@testable import Rehearsal

/// The names of the figures in the last line of each rehearsal and benchmark: scripts read them, so they don't change silently.
enum LastLines {
    static let demo: Set = [
        "seen", "written", "adopted", "skipped", "dead", "duplicates", "missing", "requests_per_call", "balanced",
        "people_matched", "people_unmatched", "callbacks_written", "callbacks_bundled", "callbacks_ignored", "callbacks_closed",
        "routed", "rerouted", "route_errors", "route_loops", "end_to_record_p50_ms", "end_to_record_p95_ms",
        "visible_to_record_p50_ms", "visible_to_record_p95_ms",
    ]
    static let calls: Set = [
        "admission_ratio", "throttled_ratio", "requests_per_call", "duplicates", "missing", "calls_per_s", "cpu_ms_per_call",
        "ready_ms", "idle_mb",
    ]
    static let callbacks: Set = ["admission_ratio", "requests_per_callback", "duplicates", "missing"]
    static let chaos: Set = ["kills", "lost", "twice", "balanced"]
    static let highAvailability: Set = ["failures", "lost", "twice", "worst_gap_s", "router_errors"]
    static let upgrade: Set = ["lost", "twice", "router_errors"]
    static let directory: Set = ["parse_per_s", "match_per_s", "load_admission_ratio"]
    static let postgres: Set = ["plain_ratio", "pipelined_ratio", "copy_ratio"]
    static let queue: Set = [
        "worked_per_s", "limit_ratio", "bulk_enqueue_per_s", "single_enqueue_ratio", "pickup_p50_ms", "pickup_p99_ms",
        "held_snapshot_ratio", "backlog_ratio", "keyed_ratio", "wal_bytes_per_job", "commits_per_job", "two_instances_ratio",
    ]
}

/// A line of JSON, as a script reads it.
struct Figures {
    private let values: [String: Any]

    init(_ line: String) throws {
        values = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }

    var names: Set<String> { Set(values.keys) }

    /// -1: there is no such number.
    func number(_ name: String) -> Double { (values[name] as? NSNumber)?.doubleValue ?? -1 }
}

@Suite struct LastLineTests {
    private func names(_ figures: some Encodable) throws -> Set<String> { try Figures(JSONLine.text(figures)).names }

    @Test func `the calls' figures have their names, and those of a part that was left out are not there`() throws {
        var outcome = CallFigures.Outcome(calls: 10, instances: 2, freeInstances: 1, speed: 10)
        #expect(try names(outcome).isDisjoint(with: ["calls_per_s", "admission_ratio", "ready_ms"]))
        (outcome.readyMs, outcome.idleMb) = (100, 20)
        outcome.add(free: [run(seconds: 2), run(seconds: 1), run(seconds: 4)])
        outcome.add(limited: run(seconds: 3))
        #expect(try names(outcome).isSuperset(of: LastLines.calls))
        #expect(outcome.callsPerS == 5 && outcome.callsPerSOfRounds == [5, 10, 2.5])
        #expect(outcome.cpuMsPerCall == 20, "of the median run, as everything beside it")
        #expect(outcome.duplicates == 4 && outcome.missing == 8, "of all runs")
    }

    /// A run whose processor time goes with its length.
    private func run(seconds: Double) -> CallRun.Figures {
        CallRun.Figures(
            seconds: seconds, instanceMilliseconds: seconds * 100, postgresMilliseconds: 1, sandboxMilliseconds: 1,
            requests: RequestFigures(bySide: ["dataverse": 1], byStatus: nil),
            limits: .init(requests: 1, throttled: 0, usedSeconds: 1, admissionRatio: 1, burstRatio: 1, throttledRatio: 0),
            verdict: Verdict(
                expected: 0, present: 0, missing: 2, duplicates: 1, wrong: [], latency: nil, latencyFromEnd: nil))
    }

    @Test func `the callbacks' figures have their names`() throws {
        let outcome = CallbackFigures.Outcome(
            callbacks: 1, instances: 2, speed: 10, contacts: 1, written: 1, bundled: 0, ignored: 0, closed: 1,
            admissionRatio: 1, throttledRatio: 0, requestsPerCallback: 0.1, seconds: 1, closedSeconds: 1, duplicates: 0,
            missing: 0, wrong: 0)
        #expect(try names(outcome).isSuperset(of: LastLines.callbacks))
    }

    @Test func `both chaos runs' figures have their names`() throws {
        let outcome = ChaosOutcome(
            kills: 1, databaseCrashes: 0, seen: 1, expected: 1, lost: 0, twice: 0, wrong: 0, dead: 0, pending: 0, balanced: true,
            seconds: 1)
        #expect(try names(outcome).isSuperset(of: LastLines.chaos))
    }

    @Test func `the upgrade's figures have their names`() throws {
        let outcome = UpgradeOutcome(
            lost: 0, twice: 0, routerErrors: 0, routerAsked: 1, schemaBefore: 1, schemaAfter: 2, startedAgain: 5, migrateS: 1,
            upgradeS: 1, worstGapS: 1, calls: 1, callbacks: 1, wrong: 0, dead: 0, pending: 0, balanced: true)
        #expect(try names(outcome).isSuperset(of: LastLines.upgrade))
    }

    @Test func `the directory's figures have their names`() throws {
        let line = DirectoryFigures.Line(parsePerS: 1, parsePlainPerS: 1, matchPerS: 1, load: .init())
        #expect(try names(line).isSuperset(of: LastLines.directory))
    }

    @Test(
        .timeLimit(.minutes(30)),
        arguments: [
            (["postgres", "--rounds", "1", "--seconds", "1", "--rows", "2000"], LastLines.postgres),
            (["queue", "--quick", "--jobs", "1000"], LastLines.queue),
        ])
    func `the database benchmarks run, and their figures have their names`(arguments: [String], names: Set<String>) async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let leash = try Leash()
        defer { leash.release() }
        let bench = try ChildProgram(
            "bench-database", executable: URL(filePath: try BuiltProgram.path("bench-database")), arguments: arguments, log: log,
            leash: leash)
        let status = await bench.end()
        let output = try String(contentsOf: log, encoding: .utf8)
        try #require(status == 0, "\(output)")
        let figures = try Figures(output.split(separator: "\n").last.map(String.init) ?? "")
        #expect(figures.names.isSuperset(of: names), "\(names.subtracting(figures.names))")
        for name in names { #expect(figures.number(name) > 0, "\(name)") }
    }

    @Test func `high availability's figures have their names, and docs/high-availability.md explains each`() throws {
        let outcome = highAvailability()
        let names = try names(outcome)
        #expect(names.isSuperset(of: LastLines.highAvailability))
        let page = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../docs/high-availability.md"), encoding: .utf8)
        let table = page.split(separator: "| member | what it is | clean |").last ?? ""
        let rows = table.split(separator: "\n").prefix { $0.hasPrefix("|") }
        let explained = rows.flatMap { row in
            row.split(separator: "|")[0].matches(of: /`([a-z_]+)`/).map { String($0.1) }
        }
        #expect(Set(explained) == names)
    }

    @Test func `a console that failed somebody, or was away for too long, is not clean`() {
        var outcome = highAvailability()
        #expect(outcome.isClean)
        outcome.consoleErrors = 1
        #expect(!outcome.isClean)
        outcome.consoleErrors = 0
        outcome.consoleGapS = 15.5
        #expect(!outcome.isClean)
    }

    private func highAvailability() -> HighAvailabilityOutcome {
        HighAvailabilityOutcome(
            failures: 4, lost: 0, twice: 0, worstGapS: 8, gapsS: ["primary_killed": 8], calmGapS: 1, failoverS: 7, cutNoticedS: 9,
            cutRejoinedS: 5, slowestCallS: 20, routerErrors: 0, routerAsked: 100, routerSlowestMs: 30, consoleErrors: 0,
            consoleAsked: 100, consoleGapS: 9, programsEnded: 0, cutBy: "namespace", ttlS: 8, calls: 1, callbacks: 1, wrong: 0,
            dead: 0, pending: 0, balanced: true, seconds: 100)
    }
}
