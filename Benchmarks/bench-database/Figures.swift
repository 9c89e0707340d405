import Foundation

/// What a benchmark measured: lines for people as it goes, one JSON object at the end.
struct Figures {
    private var entries: [(name: String, value: String)] = []

    /// Ratios and small numbers keep three digits, large ones none.
    mutating func add(_ name: String, _ value: Double) {
        entries.append((name, abs(value) >= 1_000 ? String(Int(value.rounded())) : String((value * 1_000).rounded() / 1_000)))
    }

    mutating func add(_ name: String, _ text: String) { entries.append((name, "\"\(text)\"")) }

    /// The last line of the output.
    func printJSON() {
        say("{" + entries.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ") + "}")
    }
}

/// Prints a line at once, also into a pipe.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1 ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Processor time that this process has used so far, in seconds.
func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
