import Foundation

/// Writes a busy morning: every case a hub must handle, in shares that resemble a real one.
enum MorningWriter {
    typealias Case = @Sendable (inout MorningDraft) -> Void

    /// A case and its share of a thousand calls.
    private static let cases: [(share: Int, write: Case)] = [
        (300, { $0.plain(inbound: true) }), (190, { $0.plain(inbound: false) }),
        (90, { $0.serviceCall(named: true, classed: true) }), (20, { $0.serviceCall(named: false, classed: true) }),
        (20, { $0.serviceCall(named: true, classed: false) }),
        (50, { $0.tooShort() }), (2, { $0.negativeDuration() }), (50, { $0.classed("Private") }),
        (30, { $0.classed("Undefined") }),
        (30, { $0.classedLater() }), (20, { $0.classedAway() }), (40, { $0.internalCall() }), (40, { $0.missed() }),
        (20, { $0.unanswered() }), (30, { $0.transfer() }), (10, { $0.ringGroup() }), (30, { $0.mobile() }),
        (20, { $0.sidebar() }), (8, { $0.sidebarElsewhere() }), (20, { $0.junkNumber() }), (4, { $0.withoutTime() }),
        (3, { $0.withoutID() }), (30, { $0.lateRecording() }), (20, { $0.recorded() }),
    ]

    static func write(
        _ request: ScenarioRequest, people: ScenarioPeople, schedule: ScenarioSchedule, seed: UInt64
    ) -> ScenarioScript {
        var draft = MorningDraft(request, people: people, schedule: schedule, seed: seed)
        for write in order(request.calls, &draft.generator) { write(&draft) }
        return ScenarioScript(
            people: draft.people, changes: draft.changes.sorted { $0.at < $1.at }, expectations: draft.expectations,
            nameless: draft.nameless)
    }

    /// Each case at least once (while there are calls for it), the rest by share, shuffled.
    private static func order(_ calls: Int, _ generator: inout SeededGenerator) -> [Case] {
        let whole = cases.reduce(0) { $0 + $1.share }
        var chosen = cases.prefix(calls).map(\.write)
        for (share, write) in cases {
            let wanted = calls * share / whole
            if wanted > 1 { chosen += Array(repeating: write, count: wanted - 1) }
        }
        while chosen.count < calls { chosen.append(cases[chosen.count % 2].write) }
        chosen.shuffle(using: &generator)
        return Array(chosen.prefix(calls))
    }
}
