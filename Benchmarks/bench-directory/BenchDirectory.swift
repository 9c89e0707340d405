import ArgumentParser
import Foundation

@main
struct BenchDirectory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-directory",
        abstract:
            "Numbers parsed and matched per second, and how well a full load uses the service. The last line is one JSON object.")

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
        say("parse: \(Int(parsed)) numbers/s on one core")
        let (matched, load) = try await DirectoryRun.with { run in
            let matched = try await MatchFigure(run: run).measure(numbers: numbers, matches: matches)
            say("match: \(Int(matched)) numbers/s against \(numbers), one connection")
            let load = try await LoadFigure(run: run).measure(contacts: contacts)
            say(
                "load: \(contacts) contacts in \(load.seconds) s, \(load.requests) requests, \(load.inService) s of it with the service"
            )
            return (matched, load)
        }
        let ratio = (load.inService / load.seconds * 1000).rounded() / 1000
        print("{\"parse_per_s\":\(Int(parsed)),\"match_per_s\":\(Int(matched)),\"load_admission_ratio\":\(ratio)}")
    }

    private func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
