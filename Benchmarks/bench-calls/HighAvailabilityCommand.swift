public import ArgumentParser
import Foundation
public import Rehearsal

struct HighAvailabilityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ha",
        abstract: "Kill the primary, a replica and etcd's leader and cut a network while calls flow, then count.",
        discussion: "The last line is one JSON object; the status tells whether it is clean.")

    @Option(help: "Everything drawn at random follows from it.")
    var seed: UInt64 = 1

    @Option(help: "How often all the failures come.")
    var rounds = 1

    @Option(help: "Only these failures: \(Failure.allCases.map(\.rawValue).joined(separator: ", ")).")
    var failure: [Failure] = []

    @Option(help: "Calls a second.")
    var rate = 8

    @Option(help: "Seconds until a failure is mended.")
    var watch = 30

    @Option(help: "Seconds for which Patroni lets a leader's claim hold.")
    var ttl = 8

    @Option(help: "Keep everything, logs above all, in this folder.")
    var folder: String?

    @Flag(help: "Cut by relays on loopback even where network namespaces are allowed.")
    var relays = false

    func run() async throws {
        var options = HighAvailability.Options()
        options.failures = Array(repeating: failure.isEmpty ? Failure.allCases : failure, count: rounds).flatMap { $0 }
        options.seed = seed
        options.rate = rate
        options.watch = .seconds(watch)
        options.timing = ClusterTiming(ttl: ttl)
        options.folder = folder.map { URL(filePath: $0) }
        options.mayUseNamespaces = !relays
        let outcome = try await HighAvailability(options).run()
        print(JSONLine.text(outcome))
        guard outcome.isClean else { throw ExitCode.failure }
    }
}

extension Failure: ExpressibleByArgument {}
