import Foundation
import TestSupport
import Testing

@testable import Rehearsal

/// The demonstration as a newcomer runs it.
@Suite struct DemoTests {
    @Test(.timeLimit(.minutes(30)))
    func `a small demo ends by itself, its balance comes out, and its last line has every figure`() async throws {
        let log = FileManager.default.temporaryDirectory.appending(path: "demo-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let leash = try Leash()
        defer { leash.release() }
        let demo = try ChildProgram(
            "trunkline", executable: URL(filePath: try BuiltProgram.path("trunkline")),
            arguments: ["demo", "--once", "--calls", "150", "--seconds", "8"], log: log, leash: leash)
        let status = await demo.end()
        let output = try String(contentsOf: log, encoding: .utf8)
        try #require(status == 0, "\(output)")
        let last = try #require(output.split(separator: "\n").last)
        let figures = try Figures(String(last))
        #expect(figures.names.isSuperset(of: LastLines.demo), "\(LastLines.demo.subtracting(figures.names).sorted())")
        let kinds = ["written", "adopted", "skipped", "withdrawn", "pending", "dead"].map(figures.number)
        #expect(figures.number("seen") >= 150 && figures.number("seen") == kinds.reduce(0, +), "\(last)")
        for name in ["dead", "pending", "duplicates", "missing", "wrong", "route_errors", "route_loops"] {
            #expect(figures.number(name) == 0, "\(name)")
        }
        for name in ["requests_per_call", "routed", "people_matched", "callbacks_written", "callbacks_closed"] {
            #expect(figures.number(name) > 0, "\(name)")
        }
        // What the API is late by is not the hub's, but a call has waited for it.
        #expect(figures.number("end_to_record_p50_ms") > figures.number("visible_to_record_p50_ms"))
        for word in [
            "was killed (SIGKILL)", "the console is ready: http://127.0.0.1:", "end of the call → record, p95", "trunkline why",
        ] {
            #expect(output.contains(word), "\(word)")
        }
    }
}
