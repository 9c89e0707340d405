/// One line that says how far the calls are.
enum MorningProgress {
    static func line(_ counts: CallCounts, expected: Int, running: Int) -> String {
        let share = expected > 0 ? min(1, Double(counts.seen) / Double(expected)) : 0
        let filled = Int((share * 20).rounded())
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        return "\(bar) \(counts.seen)/\(expected) seen · \(counts.written) written · \(counts.adopted) adopted · "
            + "\(counts.skippedInAll) skipped · \(counts.withdrawn) withdrawn · \(counts.pending) pending · \(running) running"
    }
}
