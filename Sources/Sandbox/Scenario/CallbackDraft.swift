import Foundation

/// Callback requests of a scenario: single ones, several of one number, withheld numbers, lists without a profile, requests that are
/// over before anybody reads them.
struct CallbackDraft {
    private(set) var changes: [PlannedChange] = []
    private(set) var expectations: [CallbackExpectation] = []
    private var generator: SeededGenerator
    private let world: CallbackWorld
    private let people: ScenarioPeople
    private let schedule: ScenarioSchedule
    private let knownNumbers: [String]
    private var strangers = 0

    init(world: CallbackWorld, people: ScenarioPeople, schedule: ScenarioSchedule, seed: UInt64) {
        generator = SeededGenerator(seed: seed, purpose: "callbacks")
        self.world = world
        self.people = people
        self.schedule = schedule
        knownNumbers = people.customers.keys.sorted()
    }

    /// Writes `count` requests: a sixth of them repeat a number, one in fifty withholds it, one in forty stands in a list of nobody.
    mutating func write(_ count: Int) {
        while expectations.count < count {
            let left = count - expectations.count
            switch generator.integer(0...99) {
            case 0...1:
                single("withheld", number: generator.pick(["anonymous", "Anonymous", "", nil, "unknown"]), isKnown: false)
            case 2...3: ownerless()
            case 4 where schedule.length > 0: over()
            case 5...10 where left >= 3: repeated(generator.integer(2...min(4, left)))
            default: single("plain", number: number(), isKnown: true)
            }
        }
        changes.sort { $0.at < $1.at }
    }

    private mutating func single(_ kind: String, number: String?, isKnown: Bool) {
        let profile = generator.pick(world.profiles)
        let callback = callback(profile.listID, number, at: moment())
        expect(callback, kind, .written, profile, number: isKnown ? number : nil)
    }

    /// Several of one number in one list, some minutes apart.
    private mutating func repeated(_ times: Int) {
        let profile = generator.pick(world.profiles)
        let number = number()
        let first = moment(before: 900)
        let state: CallbackExpectation.State = profile.duplicates == "ignore" ? .ignored : .bundled
        for time in 0..<times {
            let callback = callback(profile.listID, number, at: first + Double(time * generator.integer(1...240)))
            expect(
                callback, "repeated", state, profile, number: number,
                group: state == .ignored ? "\(profile.listID)/\(number)" : number)
        }
    }

    private mutating func ownerless() {
        guard let list = world.lists.last else { return }
        let callback = callback(list.id, number(), at: moment())
        expectations.append(
            CallbackExpectation(
                id: callback.id, kind: "no-profile", state: .untouched, listID: list.id, closed: false,
                readyAt: callback.created))
    }

    /// Closed by an agent at the moment it appears.
    private mutating func over() {
        let profile = generator.pick(world.profiles)
        var callback = callback(profile.listID, number(), at: moment(), plans: false)
        callback.close("ClosedSuccessfully", at: callback.created)
        changes.append(PlannedChange(at: callback.created, change: .callback(callback)))
        expectations.append(
            CallbackExpectation(
                id: callback.id, kind: "over", state: .untouched, listID: profile.listID, closed: true,
                readyAt: callback.created))
    }

    private mutating func expect(
        _ callback: CallbackRecord, _ kind: String, _ state: CallbackExpectation.State, _ profile: AssumedCallbackProfile,
        number: String?, group: String? = nil
    ) {
        expectations.append(
            CallbackExpectation(
                id: callback.id, kind: kind, state: state, listID: profile.listID, group: group, number: number,
                queueID: profile.queueID, owner: world.owner(of: profile),
                subject: profile.subject.isEmpty ? nil : profile.subject,
                closed: true, readyAt: callback.created))
    }

    private mutating func callback(_ list: UUID, _ number: String?, at second: Double, plans: Bool = true) -> CallbackRecord {
        let at = schedule.instant(second)
        let list = world.lists.first { $0.id == list }!
        let queue = people.queues.isEmpty ? nil : generator.pick(people.queues)
        let record = CallbackRecord(
            id: generator.id(), list: list, callID: generator.chance(0.6) ? generator.id() : nil, number: number, queue: queue,
            created: at, due: at + 3600, recordingIDs: generator.chance(0.2) ? [generator.id()] : [],
            note: generator.chance(0.3) ? "Please call after lunch 🥪" : nil)
        if plans { changes.append(PlannedChange(at: at, change: .callback(record))) }
        return record
    }

    private mutating func moment(before tail: Double = 0) -> Double {
        max(schedule.length - tail, 1) * generator.fraction()
    }

    /// A number of its own for each, except that some belong to customers.
    private mutating func number() -> String {
        strangers += 1
        if strangers % 3 == 0, strangers / 3 < knownNumbers.count { return knownNumbers[strangers / 3] }
        return "+4930\(10_000_000 + strangers * 7)"
    }
}
