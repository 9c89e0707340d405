import Console
import Foundation

/// Times how soon the live parts of pages come to somebody who begins to look when nobody else does.
///
/// While somebody looks, parts are read every two seconds for all together, so that a second browser would wait for the next reading:
/// each question waits until nobody looks any more.
struct LiveTimings {
    let browser: Browser
    let console: ConsoleServer
    let runs: Int

    /// The console's pause between two readings, and a little more.
    private static let pause = Duration.milliseconds(2300)
    private static let patience = Duration.seconds(60)

    /// Prints the median and the worst of each part and answers the slowest median, in milliseconds.
    func measure() async throws -> Double {
        var slowest = 0.0
        for part in ConsoleProgram.liveParts {
            var milliseconds: [Double] = []
            for _ in 0..<runs {
                try await nobodyLooks()
                milliseconds.append(try await browser.listen(Address.link("/live", ("of", part)), for: "event: part"))
            }
            milliseconds.sort()
            let median = milliseconds[milliseconds.count / 2]
            Progress.say(String(format: "live part %@: median %.1f ms, worst %.1f ms", part, median, milliseconds[runs - 1]))
            slowest = max(slowest, median)
        }
        return slowest
    }

    private func nobodyLooks() async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        while try await console.figure("trunkline_console_live") ?? 0 > 0 {
            guard clock.now < deadline else { throw BenchError("/live does not notice that its browser has gone") }
            try await clock.sleep(for: .milliseconds(100))
        }
        try await clock.sleep(for: Self.pause)
    }
}
