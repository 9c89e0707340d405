/// Rules that were compiled: what a router decides by. Nothing in it changes.
package final class RuleProgram: Sendable {
    /// One way a rule can go: a rule with several targets has a step for each, tried in their order.
    struct Step: Sendable, Hashable {
        /// Place of the rule in the document, and its name.
        var rule: Int
        var name: String
        var line: Int
        /// From 0; of the rule's targets.
        var alternative: Int
        var conditions: [Condition]
        var target: Target
        var fail: [Target]
        var priority: Int?

        var box: Box {
            var box = Box()
            for condition in conditions { box.narrow(condition.facet, to: condition.values) }
            return box
        }
    }

    struct Condition: Sendable, Hashable {
        var facet: Int
        var values: BitSet
    }

    enum Target: Sendable, Hashable {
        case number(E164)
        case pool(Int)
        case owner, agent, accountQueue
        case disconnect
        /// The call stays where it is.
        case standard
    }

    struct Pool: Sendable, Hashable {
        var name: String
        var facet: Int
        var members: [E164]
        /// Sums of the weights up to and with each member.
        var bounds: [Int]
    }

    /// Numbers and beginnings of numbers.
    struct Callers: Sendable, Hashable {
        var name: String
        var numbers: Set<E164>
        /// Digits, without the plus sign.
        var prefixes: [String]

        /// What a masked caller's being on it is kept under: its name, or for numbers that stand in a rule themselves a digest of them.
        var key: String {
            guard name.hasPrefix("+") else { return name }
            return "#" + String(Draw.digest(name), radix: 16)
        }

        func contains(_ number: E164) -> Bool {
            if numbers.contains(number) { return true }
            guard !prefixes.isEmpty else { return false }
            let digits = String(number.value)
            return prefixes.contains { digits.hasPrefix($0) }
        }
    }

    let facets: [Facet]
    let steps: [Step]
    let pools: [Pool]
    let callers: [Callers]
    let hours: [OpeningHours]
    /// Every number the document names, and what value of the facet `bnum` it is; 0 is any other.
    let numbers: [E164: Int]
    /// Those of them that calls are asked about by name. A person's number is none of them.
    let asked: Set<E164>
    let segments: [String: Int]
    let languages: [String: Int]
    /// Days, rising: the values of the facet `agentAge` are those bounds, then older, then none.
    let agentDays: [Int]
    let targetIDs: [String: Int]
    let extras: [String: [String: Int]]
    /// Names in `extradata` that the document says stay the same for the whole of a call.
    let constants: Set<String>
    /// The known `targetid` of a queue's number.
    let queueTargetIDs: [E164: String]
    /// Drawn shares by the place of their rule in the document.
    let shares: [Int: Share]

    struct Share: Sendable, Hashable {
        var name: String
        var percent: Int
    }

    init(_ draft: RuleDraft) {
        facets = draft.facets
        steps = draft.steps
        pools = draft.pools
        callers = draft.callers
        hours = draft.hours
        numbers = draft.numbers
        asked = draft.asked
        segments = draft.segments
        languages = draft.languages
        agentDays = draft.agentDays
        targetIDs = draft.targetIDs
        extras = draft.extras
        constants = draft.constants
        queueTargetIDs = draft.queueTargetIDs
        shares = draft.shares
    }

    /// How many rules there are.
    package var ruleCount: Int { Set(steps.map(\.rule)).count }
}
