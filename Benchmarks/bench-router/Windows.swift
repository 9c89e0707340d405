/// Spans of the same load, quiet ones and ones in which something happens, in turn: each is compared with the quiet ones around it.
struct Windows {
    /// A router that writes no decisions, and that nothing happens to.
    let quiet: Load
    let plan: Plan
    private var quiets: [Outcome] = []
    private var errors = 0

    init(quiet: Load, plan: Plan) { (self.quiet, self.plan) = (quiet, plan) }

    /// A quiet span.
    mutating func look(_ figures: inout Figures) async throws {
        _ = try await quiet.open(connections: 32, seconds: 2, rate: plan.rate)
        let outcome = try await quiet.open(connections: 32, seconds: 12, rate: plan.rate)
        note("quiet", outcome, &figures)
        quiets.append(outcome)
    }

    /// A span in which something happens, from a second after its start on; and a quiet one behind it.
    mutating func measure(
        _ name: String, _ load: Load, _ seconds: Double, _ figures: inout Figures,
        _ event: @Sendable @escaping () async throws -> Void
    ) async throws {
        _ = try await load.open(connections: 32, seconds: 2, rate: plan.rate)
        let outcome = try await withThrowingTaskGroup(of: Void.self) { [plan] group in
            group.addTask {
                try await Task.sleep(for: .seconds(1))
                try await event()
            }
            let outcome = try await load.open(connections: 32, seconds: seconds, rate: plan.rate)
            try await group.waitForAll()
            return outcome
        }
        note(name, outcome, &figures)
        try await look(&figures)
        let around = quiets.suffix(2).map { $0.p(0.99) }
        figures.set("\(name)_p99_ms", outcome.p(0.99))
        figures.set("\(name)_p99_ratio", outcome.p(0.99) / (around.reduce(0, +) / Double(around.count)))
    }

    private mutating func note(_ name: String, _ outcome: Outcome, _ figures: inout Figures) {
        Report.say(name, outcome)
        errors += outcome.errors
        if let flaw = outcome.flaw { figures.fault("\(name): \(flaw)") }
    }

    func tell(_ figures: inout Figures) {
        figures.set("p50_ms", quiets.map { $0.p(0.5) }.median)
        figures.set("p99_ms", quiets.map { $0.p(0.99) }.median)
        figures.set("errors_5xx", Double(errors))
    }
}
