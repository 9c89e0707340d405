import Foundation

/// A morning in the making: what the cases draw from and write into.
struct MorningDraft {
    var generator: SeededGenerator
    var people: ScenarioPeople
    var schedule: ScenarioSchedule
    var settings: AssumedSettings
    var changes: [PlannedChange] = []
    var expectations: [CallExpectation] = []
    /// Events without a call id: nothing may come of them.
    var nameless = 0
    private var knownAgents: [ScenarioPeople.Agent]
    private var knownNumbers: [String]
    private var strangers = 0
    private var rareNumbers = 0

    init(_ request: ScenarioRequest, people: ScenarioPeople, schedule: ScenarioSchedule, seed: UInt64) {
        generator = SeededGenerator(seed: seed, purpose: "morning")
        self.people = people
        self.schedule = schedule
        settings = request.settings
        knownAgents = people.agents.filter { $0.systemUser != nil && !$0.disabled }
        knownNumbers = people.customers.keys.sorted()
    }

    // MARK: Whom and when

    mutating func anyAgent() -> ScenarioPeople.Agent { generator.pick(people.agents) }

    /// One whom Dynamics has and who is not disabled there.
    mutating func knownAgent() -> ScenarioPeople.Agent { generator.pick(knownAgents) }

    mutating func agents(_ count: Int) -> [ScenarioPeople.Agent] {
        var chosen: [ScenarioPeople.Agent] = []
        while chosen.count < count {
            let agent = knownAgent()
            if !chosen.contains(where: { $0.enreachID == agent.enreachID }) { chosen.append(agent) }
        }
        return chosen
    }

    /// Two of three are somebody's in Dynamics.
    mutating func outsideNumber() -> String {
        if generator.chance(0.67) { return generator.pick(knownNumbers) }
        strangers += 1
        return "+4420\(7_000_000 + (strangers * 7919) % 1_000_000)"
    }

    /// A number that no other call has; half of them belong to a contact made for it.
    mutating func rareNumber() -> String {
        rareNumbers += 1
        let number = "+35845\(3_000_000 + rareNumbers * 3)"
        if rareNumbers % 2 == 0 {
            let id = generator.id()
            people.contacts.append(
                ScenarioPeople.Contact(
                    id: id, firstName: "Rare", lastName: "Caller \(rareNumbers)", telephone: number, mobile: nil, account: nil))
            people.customers[number] = [Customer(table: "contact", id: id)]
        }
        return number
    }

    /// The planned second at which something ends: the middle of the morning is busier than its edges.
    mutating func moment(before tail: Double = 0) -> Double {
        let flat = generator.fraction()
        let peak = (generator.fraction() + generator.fraction()) / 2
        return max(schedule.length - tail, 1) * (generator.chance(0.5) ? flat : peak)
    }

    mutating func talk() -> Int {
        generator.chance(0.7) ? generator.integer(20...300) : generator.integer(301...1800)
    }

    // MARK: Writing it down

    mutating func plan(_ change: ScenarioChange, at instant: Date) {
        changes.append(PlannedChange(at: instant, change: change))
    }

    /// What the rules make of a call with these facts.
    func expectation(_ facts: CallFactsForExpectation) -> CallExpectation {
        let (state, reason) = outcome(facts)
        let (customer, certain) = regarding(facts.number)
        return CallExpectation(
            callID: facts.id, kind: facts.kind, state: state, reason: reason, owner: owner(facts),
            direction: facts.inbound ? "inbound" : "outbound", start: facts.start, duration: facts.talk, number: facts.number,
            regardingTable: customer?.table, regardingID: customer?.id, regardingCertain: certain, queueName: facts.queueName,
            recordings: facts.recordings, adopts: facts.adopts, readyAt: facts.readyAt,
            settledAt: facts.settledAt ?? facts.readyAt)
    }

    mutating func expect(_ facts: CallFactsForExpectation) {
        expectations.append(expectation(facts))
    }

    private func outcome(_ facts: CallFactsForExpectation) -> (CallExpectation.State, String?) {
        if facts.withdrawn { return (.withdrawn, "reclassified") }
        if facts.privacy == "Private" { return (.skipped, "private") }
        if facts.privacy != "Work" { return (.skipped, "unclassified") }
        if facts.start == nil { return (.skipped, "no_time") }
        if facts.isInternal, !settings.internal { return (.skipped, "internal") }
        if !facts.answered {
            if !settings.unanswered { return (.skipped, facts.inbound ? "missed" : "unanswered") }
        } else if facts.talk < settings.callDurationLimit {
            return (.skipped, "too_short")
        }
        return (facts.adopts == nil ? .written : .adopted, nil)
    }

    private func owner(_ facts: CallFactsForExpectation) -> UUID? { people.owner(of: facts.agent) }

    /// Exactly one contact with the number, else exactly one account, else nobody.
    private func regarding(_ number: String?) -> (Customer?, certain: Bool) {
        let found = number.flatMap { people.customers[$0] } ?? []
        let contacts = found.filter { $0.table == "contact" }
        let accounts = found.filter { $0.table == "account" }
        if contacts.count == 1 { return (contacts[0], true) }
        if contacts.isEmpty, accounts.count == 1 { return (accounts[0], true) }
        return (nil, found.isEmpty)
    }
}

/// A call as it stands in the end, before the rules.
struct CallFactsForExpectation {
    var id: UUID
    var kind: String
    var agent: ScenarioPeople.Agent?
    var inbound: Bool
    /// The other party's; nil where it can't be read.
    var number: String?
    var start: Date?
    var talk: Int
    var answered = true
    var privacy = "Work"
    var isInternal = false
    var withdrawn = false
    var queueName: String?
    var recordings = 0
    var adopts: UUID?
    /// When the last change that decides about it happens.
    var readyAt: Date
    /// When the last change to it at all happens; nil is the same.
    var settledAt: Date?
}
