/// What came of a load.
struct Outcome: Sendable {
    var latencies = Latencies()
    /// Open loop: how late the generator asked where the server had no part in it. Not among the latencies.
    var lateness = Latencies()
    var seconds = 0.0
    /// Answers by status.
    var statuses: [Int: Int] = [:]
    /// Answers of another status than the question's.
    var unexpected = 0
    /// Connections that broke.
    var broken = 0
    /// Open loop: questions that were due and never answered. Their times count up to the end of the waiting.
    var lost = 0
    /// Share of a processor that the generator's thread took: near one, it is the limit and not the server.
    var generatorShare = 0.0

    var rate: Double { seconds == 0 ? 0 : Double(latencies.count - lost) / seconds }
    var errors: Int { statuses.filter { $0.key >= 500 }.values.reduce(0, +) }

    /// What is wrong with it as a measurement; nil when every question has its answer.
    var flaw: String? {
        if broken > 0 { return "\(broken) connections broke" }
        if lost > 0 { return "\(lost) questions were not answered" }
        if unexpected > 0 { return "\(unexpected) answers of another status than the question's: \(statuses)" }
        if latencies.count == 0 { return "nothing was answered" }
        return nil
    }

    func p(_ share: Double) -> Double { latencies.percentile(share) }
}
