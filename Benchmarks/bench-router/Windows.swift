import Synchronization

/// Spans of the same load, quiet ones and ones in which something happens, in turn: each is compared with the quiet one before it.
struct Windows {
    /// A router that writes no decisions, and that nothing happens to.
    let quiet: Load
    let plan: Plan
    private var quiets: [Outcome] = []
    private var errors = 0

    init(quiet: Load, plan: Plan) { (self.quiet, self.plan) = (quiet, plan) }

    /// A quiet span.
    private mutating func look(_ figures: inout Figures) async throws {
        _ = try await quiet.open(connections: 32, seconds: 2, rate: plan.rate)
        let outcome = try await quiet.open(connections: 32, seconds: 12, rate: plan.rate)
        note("quiet", outcome, &figures)
        quiets.append(outcome)
    }

    /// A quiet span, and one in which something happens.
    ///
    /// - Parameters:
    ///   - seconds: nil: from the beginning of what happens to its end.
    ///   - isNext: what happens follows on what happened before, and is compared with the same quiet span.
    mutating func measure(
        _ name: String, _ load: Load, _ seconds: Double?, isNext: Bool = false, _ figures: inout Figures,
        _ event: @Sendable @escaping () async throws -> Void
    ) async throws {
        if !isNext {
            try await look(&figures)
            _ = try await load.open(connections: 32, seconds: 2, rate: plan.rate)
        }
        let end = Flag()
        let outcome = try await withThrowingTaskGroup(of: Void.self) { [plan] group in
            group.addTask {
                defer { if seconds == nil { end.raise() } }
                try await event()
            }
            let outcome = try await load.open(connections: 32, seconds: seconds ?? 600, rate: plan.rate) { end.isRaised }
            try await group.waitForAll()
            return outcome
        }
        note(name, outcome, &figures)
        figures.set("\(name)_seconds", outcome.seconds)
        figures.set("\(name)_p99_ms", outcome.p(0.99))
        figures.set("\(name)_asked_late_p99_ms", outcome.lateness.percentile(0.99))
        figures.set("\(name)_p99_ratio", outcome.p(0.99) / (quiets.last?.p(0.99) ?? .infinity))
    }

    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isRaised: Bool { value.load(ordering: .relaxed) }
        func raise() { value.store(true, ordering: .relaxed) }
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
