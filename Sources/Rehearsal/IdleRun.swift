import Foundation

/// What an instance with nothing to do needs: the time from its start until it is ready, and its resident memory.
struct IdleRun: Sendable {
    struct Figures: Sendable {
        var readyMilliseconds: Double
        var residentMegabytes: Double
    }

    let terminal: Terminal

    /// The median of five starts; the memory is that of the last, ten seconds after it was ready.
    func measure() async throws -> Figures {
        var raising = RehearsedHub.Options()
        raising.sandboxArguments = ["--scenario", "people"]
        return try await RehearsedHub.use(raising, tell: { [terminal] in terminal.say($0) }) { hub in
            var starts: [Double] = []
            var resident = 0.0
            for round in 1...5 {
                let started = ContinuousClock.now
                let instance = try hub.startInstance(1)
                try await instance.ready()
                starts.append(started.duration(to: .now) / .milliseconds(1))
                if round == 5 {
                    try await ContinuousClock().sleep(for: .seconds(10))
                    resident = Self.residentMegabytes(of: instance.identifier)
                }
                await instance.stop()
            }
            return Figures(readyMilliseconds: starts.sorted()[2], residentMegabytes: resident)
        }
    }

    static func residentMegabytes(of process: Int32) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0
        return kilobytes / 1024
    }
}
