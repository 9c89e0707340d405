import Foundation
import Testing

@testable import Routing

/// What must hold for rules of any make: thousands of generated documents and calls.
@Suite struct RulePropertyTests {
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &+ 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
        mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &self)] }
    }

    static let numbers = (1...5).map { "+3589310050\($0)" }
    /// Names in `extradata`; the first says where a call is.
    static let extras = ["CurrQueueId", "DYN_X", "DYN_Y"]
    static let people = ["+358401110001", "+358401110002", numbers[0]]

    /// A document over five queues with rules at random.
    static func document(_ dice: inout Dice) -> String {
        var text = dice.chance(40) ? "constant: [DYN_PAR_Culture, DYN_X]\n" : ""
        text += "timezone: UTC\nqueues: {a: \(numbers[0]), b: {number: \(numbers[1]), targetid: B}}\n"
        text += "pools: {p: [{to: a}, {to: '\(numbers[2])', weight: 2}]}\n"
        text += "hours: {h: {week: {mon-fri: ['08:00-16:00'], sat-sun: closed}}}\nrules:\n"
        let places = ["a", "b"] + numbers
        for index in 0..<Int.random(in: 1...6, using: &dice) {
            var when: [String] = []
            if dice.chance(60) {
                when.append(
                    "bnum: [\((0...Int.random(in: 0...1, using: &dice)).map { _ in "'\(dice.pick(places))'" }.joined(separator: ", "))]"
                )
            }
            if dice.chance(35) { when.append("caller: \(dice.pick(["known", "unknown", "anonymous", "contact"]))") }
            if dice.chance(20) { when.append("segment: \(dice.pick(["VIP", "Gold"]))") }
            if dice.chance(15) { when.append("\(dice.pick(["open", "closed"])): h") }
            if dice.chance(15) { when.append("\(dice.pick(["open_case", "blocked", "internal"])): \(dice.chance(50))") }
            if dice.chance(10) { when.append("last_agent_within_days: \(dice.pick([7, 30]))") }
            if dice.chance(10) { when.append("targetid: \(dice.pick(["A", "B"]))") }
            if dice.chance(20) { when.append("language: \(dice.pick(["fi", "sv"]))") }
            if dice.chance(25) { when.append("extradata: {\(dice.pick(extras)): \(dice.pick(["X", "Y"]))}") }
            if dice.chance(10) { when.append("share: 50") }
            let targets = ["owner", "last-agent", "account-queue", "p", "default", "disconnect"] + places + places
            let to = dice.pick(targets)
            let fail =
                dice.chance(25) && to != "default" && to != "disconnect"
                ? ", fail: '\(dice.pick(places + ["owner", "account-queue"]))'" : ""
            text +=
                "  - {name: r\(index), \(when.isEmpty ? "" : "when: {\(when.joined(separator: ", "))}, ")to: '\(to)'\(fail)}\n"
        }
        return text
    }

    static func facts(_ dice: inout Dice) -> CallerFacts {
        var facts = CallerFacts()
        facts.kind = dice.pick(CallerFacts.Kind.allCases)
        facts.isBlocked = dice.chance(20)
        facts.hasOpenCase = dice.chance(50)
        if dice.chance(50) { facts.segment = dice.pick(["VIP", "Gold", "Tin"]) }
        if dice.chance(30) { facts.language = dice.pick(["fi-FI", "sv", "de"]) }
        if dice.chance(60) { facts.owner = E164(dice.pick(people)) }
        if dice.chance(60) {
            facts.agent = E164(dice.pick(people))
            facts.agentDay = 20_500 - Int32.random(in: 0...60, using: &dice)
        }
        if dice.chance(60) { facts.queue = E164(dice.pick(numbers + ["+358931009999"])) }
        return facts
    }

    static func call(_ dice: inout Dice, at bnum: String) -> RouteCall {
        RouteCall(
            anum: dice.pick(["+358401234567", "+46701234567", "anonymous", "sip:x@y"]), bnum: bnum,
            targetID: dice.chance(50) ? dice.pick(["A", "B"]) : nil, callID: "call \(dice.next())", isInternal: dice.chance(20),
            extras: extras(&dice),
            at: 20_500 * 86_400_000 + Int64.random(in: 0..<604_800_000, using: &dice))
    }

    static func extras(_ dice: inout Dice) -> [RouteCall.Extra] {
        extras.map { .init(name: $0, value: dice.pick(["X", "Y", "Z"])) }.filter { _ in dice.chance(80) }
            + (dice.chance(60) ? [.init(name: "DYN_PAR_Culture", value: dice.pick(["fi-FI", "sv-SE", "en"]))] : [])
    }

    /// Follows a call to the end of its way, by overflow or not at random; true when it comes by a number twice.
    ///
    /// - Parameter constants: names in `extradata` that don't change on the way; all others do.
    static func loops(_ program: RuleProgram, constants: [String], _ dice: inout Dice) -> Bool {
        let facts = facts(&dice)
        var call = call(&dice, at: dice.pick(numbers + ["+358931009999", people[0]]))
        if dice.chance(30) { call.callID = nil }
        var seen: Set<String> = []
        while seen.insert(call.bnum).inserted {
            // Queue b has a targetid of its own; elsewhere Enreach may send any.
            call.targetID = call.bnum == numbers[1] ? "B" : dice.pick(["A", "B", nil])
            guard case .route(let number, let fail, _) = program.decide(call, facts).outcome else { return false }
            precondition(number != call.called && fail != call.called && fail != number)
            let next = dice.chance(30) ? fail ?? number : number
            let extras =
                call.extras.filter { constants.contains($0.name) } + extras(&dice).filter { !constants.contains($0.name) }
            call = RouteCall(
                anum: call.anum, bnum: next.text, callID: call.callID, isInternal: call.isInternal, extras: extras, at: call.at)
        }
        return true
    }

    @Test func `never answers the called number, and no accepted document lets a call loop`() throws {
        var dice = Dice(state: 2026)
        var (accepted, refused) = (0, 0)
        for _ in 0..<600 {
            let text = Self.document(&dice)
            guard let program = try? RuleProgram.compile(text, file: "g.yaml") else {
                refused += 1
                continue
            }
            accepted += 1
            let constants = text.hasPrefix("constant") ? ["DYN_PAR_Culture", "DYN_X"] : []
            for _ in 0..<60 { #expect(!Self.loops(program, constants: constants, &dice), Comment(rawValue: text)) }
        }
        #expect(accepted > 30 && refused > 50, "\(accepted) accepted, \(refused) refused")
    }

    @Test func `each rule of an accepted document can decide some call`() throws {
        var dice = Dice(state: 7)
        var missed = 0
        var rules = 0
        for _ in 0..<150 {
            guard let program = try? RuleProgram.compile(Self.document(&dice), file: "g.yaml") else { continue }
            var deciding: Set<Int> = []
            for _ in 0..<1500 where deciding.count < program.steps.count {
                let facts = Self.facts(&dice)
                let call = Self.call(&dice, at: dice.pick(Self.numbers + ["+358931009999"]))
                if let step = program.decide(call, facts).step { deciding.insert(step) }
            }
            rules += program.steps.count
            missed += program.steps.count - deciding.count
        }
        // Chance does not find everything in 1,500 calls.
        #expect(rules > 60 && missed * 20 < rules, "\(missed) of \(rules)")
    }

    @Test func `the same question has the same answer and the same trace, byte for byte`() throws {
        var dice = Dice(state: 99)
        for _ in 0..<300 {
            let text = Self.document(&dice)
            guard let first = try? RuleProgram.compile(text, file: "g.yaml") else { continue }
            let second = try RuleProgram.compile(text, file: "g.yaml")
            for _ in 0..<20 {
                let facts = Self.facts(&dice)
                let call = Self.call(&dice, at: dice.pick(Self.numbers))
                let (a, b) = (first.explain(call, facts), second.explain(call, facts))
                #expect(a.text == b.text)
                #expect(a.decision == first.decide(call, facts))
            }
        }
    }

    @Test func `a decision that was kept is made again, byte for byte, with the number masked or not`() throws {
        var dice = Dice(state: 4242)
        var masked = 0
        for _ in 0..<300 {
            let text = Self.document(&dice) + "  - {name: listed, when: {anum: ['+46*', '+358401234567']}, to: p}\n"
            guard let program = try? RuleProgram.compile(text, file: "g.yaml") else { continue }
            for _ in 0..<20 {
                let facts = Self.facts(&dice)
                var call = Self.call(&dice, at: dice.pick(Self.numbers))
                if dice.chance(50) { call.callID = nil }
                let story = program.explain(call, facts)
                for (kept, anum) in [
                    (KeptQuestion(call, facts), call.anum), (KeptQuestion(masking: call, facts, program), "+35…"),
                ] {
                    let read = try JSONDecoder().decode(KeptQuestion.self, from: JSONEncoder().encode(kept))
                    let again = read.call(anum: anum, bnum: call.bnum, targetID: call.targetID, callID: call.callID)
                    let other = program.explain(again, read.facts)
                    #expect(other.text == story.text && other.decision == story.decision)
                    masked += 1
                }
            }
        }
        #expect(masked > 500)
    }
}
