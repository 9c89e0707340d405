import ArgumentParser
import Foundation
import Rehearsal

@main
struct BenchDirectory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-directory",
        abstract:
            "Numbers parsed and matched per second, a full load under the published limits, and what changes cost after it. The last line is one JSON object."
    )

    @Option(help: "Texts to parse.")
    var texts = 1_000_000

    @Option(help: "Numbers in the directory that is matched against.")
    var numbers = 5_000_000

    @Option(help: "Numbers to match.")
    var matches = 400_000

    @Option(help: "Contacts to load from the sandbox.")
    var contacts = 1_000_000

    private struct Figures: Encodable {
        var parsePerS: Int
        var parsePlainPerS: Int
        var matchPerS: Int
        var loadAdmissionRatio: Double
        var loadServedRatio: Double
        var loadSeconds: Double
        var loadPages: Int
        var loadThrottled: Int
        var deltaChanges: [Int]
        var deltaPages: [Int]
        var deltaMs: [Int]
    }

    func run() async throws {
        let parsed = ParseFigure.measure(texts: texts)
        let plain = ParseFigure.measure(texts: texts, plainly: true)
        say("parse: \(Int(parsed)) numbers/s on one core; by libphonenumber's general machinery alone \(Int(plain))")
        let matched = try await DirectoryRun.with { run in
            try await MatchFigure(run: run).measure(numbers: numbers, matches: matches)
        }
        say("match: \(Int(matched)) numbers/s against \(numbers), one connection")
        var options = DirectoryFigures.Options()
        options.contacts = contacts
        let load = try await DirectoryFigures(options).run()
        print(
            JSONLine.text(
                Figures(
                    parsePerS: Int(parsed), parsePlainPerS: Int(plain), matchPerS: Int(matched),
                    loadAdmissionRatio: rounded(load.admissionRatio), loadServedRatio: rounded(load.servedRatio),
                    loadSeconds: rounded(load.seconds), loadPages: load.pages, loadThrottled: load.throttled,
                    deltaChanges: load.deltas.map(\.changes), deltaPages: load.deltas.map(\.pages),
                    deltaMs: load.deltas.map(\.milliseconds))))
    }

    private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
