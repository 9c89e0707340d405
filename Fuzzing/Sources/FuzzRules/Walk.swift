import Model

@testable import Routing

/// One call's way through the rules: what is known of the caller stays, what Enreach sends along differs at each number unless the rules say it does not.
struct Walk {
    private let program: RuleProgram
    private let facts: CallerFacts
    private var dice: UInt64
    /// Values that rules ask for, and one that they don't.
    private let extras: [(name: String, values: [String])]
    private let constants: [RouteCall.Extra]

    init(_ program: RuleProgram, _ seed: UInt64) {
        self.program = program
        dice = seed
        var facts = CallerFacts()
        facts.kind = CallerFacts.Kind.allCases[Int(seed >> 8 & 3)]
        facts.segment = Self.pick(program.segments.keys.sorted(), seed >> 10)
        facts.language = seed >> 14 & 1 == 0 ? nil : Self.pick(program.languages.keys.sorted(), seed >> 15)
        facts.owner = seed >> 20 & 1 == 0 ? nil : E164("+358401110001")
        facts.agent = seed >> 21 & 1 == 0 ? nil : E164("+358401110002")
        facts.agentDay = facts.agent == nil ? nil : Int32(seed >> 22 & 31)
        facts.queue = Self.pick(program.numbers.keys.sorted(), seed >> 27)
        facts.isBlocked = seed >> 33 & 3 == 0
        facts.hasOpenCase = seed >> 35 & 1 == 0
        facts.hasOpenCallback = seed >> 36 & 1 == 0
        self.facts = facts
        extras = program.extras.map { ($0.key, $0.value.keys.sorted() + ["another"]) }.sorted { $0.0 < $1.0 }
        let names = program.constants
        constants = extras.filter { names.contains($0.name) }.map {
            .init(name: $0.name, value: $0.values[Int(seed >> 37) % $0.values.count])
        }
    }

    private static func pick<Value>(_ values: [Value], _ seed: UInt64) -> Value? {
        values.isEmpty ? nil : values[Int(seed % UInt64(values.count))]
    }

    private mutating func roll(_ bound: Int) -> Int {
        dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(dice >> 33) % bound
    }

    private mutating func extrasHere() -> [RouteCall.Extra] {
        var here = constants
        for (name, values) in extras where !program.constants.contains(name) {
            here.append(.init(name: name, value: values[roll(values.count)]))
        }
        let culture = Facet.culture
        if !program.constants.contains(culture), !extras.contains(where: { $0.name == culture }) {
            let languages = program.languages.keys.sorted() + ["zz"]
            here.append(.init(name: culture, value: languages[roll(languages.count)]))
        }
        return here
    }

    func follow(from first: E164) {
        var walk = self
        walk.go(first)
    }

    private mutating func go(_ first: E164) {
        var bnum = first
        var visited: Set<E164> = []
        let targetIDs = program.targetIDs.keys.sorted() + ["another"]
        while true {
            precondition(visited.insert(bnum).inserted, "a call came to \(bnum) twice")
            var call = RouteCall(
                anum: "+358401234567", bnum: bnum.text, callID: "call \(dice >> 60)", extras: extrasHere(), at: 0)
            call.callID = "call"
            call.targetID = program.queueTargetIDs[bnum] ?? targetIDs[roll(targetIDs.count)]
            call.isInternal = facts.isBlocked
            let story = program.explain(call, facts)
            precondition(story.decision == program.decide(call, facts))
            guard case .route(let number, let fail, _) = story.decision.outcome else { return }
            precondition(number != bnum && fail != bnum && fail != number)
            bnum = roll(4) == 0 ? fail ?? number : number
        }
    }
}
