import Foundation

/// A scenario written out: who there is, what happens when, and what must come of it.
struct ScenarioScript: Sendable {
    var people = ScenarioPeople()
    /// Nothing unless the scenario has callback requests.
    var callbackWorld = CallbackWorld()
    var callbackExpectations: [CallbackExpectation] = []
    /// In the order of time.
    var changes: [PlannedChange] = []
    var expectations: [CallExpectation] = []
    /// Events without a call id.
    var nameless = 0

    static func write(_ request: ScenarioRequest, seed: UInt64, now: Date, speed: Double) -> ScenarioScript {
        let agents = max(20, min(60, request.calls / 60))
        let contacts = max(200, min(2000, request.calls / 6))
        let people = ScenarioPeople.make(seed: seed, agents: agents, contacts: contacts)
        let schedule = ScenarioSchedule(request, now: now, speed: speed)
        var script: ScenarioScript
        switch request.name {
        case .people, .callbacks: script = ScenarioScript(people: people)
        case .morning: script = MorningWriter.write(request, people: people, schedule: schedule, seed: seed)
        case .bulk: script = BulkWriter.write(request, people: people, schedule: schedule, seed: seed)
        }
        if request.callbacks > 0 { script.add(request, schedule: schedule, seed: seed) }
        return script
    }

    private mutating func add(_ request: ScenarioRequest, schedule: ScenarioSchedule, seed: UInt64) {
        callbackWorld = CallbackWorld.make(seed: seed, people: people, webhookOnly: request.webhookOnly)
        var draft = CallbackDraft(world: callbackWorld, people: people, schedule: schedule, seed: seed)
        draft.write(request.callbacks)
        callbackExpectations = draft.expectations
        changes = (changes + draft.changes).sorted { $0.at < $1.at }
    }
}

/// Where planned moments of the morning fall on the clock.
struct ScenarioSchedule: Sendable {
    /// When the morning's first moment is.
    var origin: Date
    /// Planned seconds in one real second.
    var pace: Double
    /// Planned length in seconds.
    var length: Double

    init(_ request: ScenarioRequest, now: Date, speed: Double) {
        let length = request.hours * 3600
        self.length = length
        switch request.mode {
        case .past:
            pace = 1
            origin = now - length - 3600
        case .live:
            pace = max(request.seconds.map { length / $0 } ?? request.speed ?? speed, 0.001)
            origin = now
        }
    }

    /// The instant at which something planned for that second of the morning happens.
    func instant(_ second: Double) -> Date {
        let milliseconds = ((origin.timeIntervalSince1970 + second / pace) * 1000).rounded()
        return Date(timeIntervalSince1970: milliseconds / 1000)
    }
}
