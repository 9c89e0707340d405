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
                DirectoryFigures.Line(parsePerS: Int(parsed), parsePlainPerS: Int(plain), matchPerS: Int(matched), load: load)))
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
