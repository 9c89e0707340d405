import Foundation

/// What a decision depended on besides the rules, as it is kept with the decision: enough to decide again, byte for byte.
package struct KeptQuestion: Sendable, Hashable, Codable {
    package struct Caller: Sendable, Hashable, Codable {
        var kind: String?
        var match: String?
        var ambiguous: Bool?
        var blocked: Bool?
        var openCase: Bool?
        var openCallback: Bool?
        var segment: String?
        var language: String?
        var owner: String?
        var agent: String?
        var agentDay: Int32?
        var queue: String?
    }

    package struct Extra: Sendable, Hashable, Codable {
        var name: String
        var value: String
    }

    /// Milliseconds since 1970.
    var at: Int64
    var caller: Caller
    /// What the caller's text was: number, anonymous or other. The text itself may be masked.
    var who: String
    var isInternal: Bool?
    var extras: [Extra]?
    /// Of a masked number only: the lists it stands on, and what it drew.
    var lists: [String]?
    var lots: [String: Int]?

    package init(_ call: RouteCall, _ facts: CallerFacts) {
        at = call.at
        who =
            switch call.caller {
            case .number: "number"
            case .anonymous: "anonymous"
            case .other: "other"
            }
        isInternal = call.isInternal
        extras = call.extras.isEmpty ? nil : call.extras.map { Extra(name: $0.name, value: $0.value) }
        caller = Caller(
            kind: facts.kind == .unknown ? nil : "\(facts.kind)", match: facts.match == .none ? nil : "\(facts.match)",
            ambiguous: facts.isAmbiguous ? true : nil, blocked: facts.isBlocked ? true : nil,
            openCase: facts.hasOpenCase ? true : nil,
            openCallback: facts.hasOpenCallback ? true : nil, segment: facts.segment, language: facts.language,
            owner: facts.owner?.text,
            agent: facts.agent?.text, agentDay: facts.agentDay, queue: facts.queue?.text)
    }

    /// The same of a caller whose number is masked.
    ///
    /// - Parameter program: the rules that were asked; nil when none were.
    package init(masking call: RouteCall, _ facts: CallerFacts, _ program: RuleProgram?) {
        self.init(call, facts)
        let told = program?.told(of: call)
        lists = told?.lists.sorted() ?? []
        if let lots = told?.lots, !lots.isEmpty { self.lots = lots }
        guard case .number(let number) = call.caller else { return }
        extras = extras?.map { extra in
            if case .number(number) = RouteCall.Caller(extra.value) { Extra(name: extra.name, value: "…") } else { extra }
        }
    }

    package func call(anum: String, bnum: String, targetID: String?, callID: String?) -> RouteCall {
        var call = RouteCall(
            anum: anum, bnum: bnum, targetID: targetID, callID: callID, isInternal: isInternal,
            extras: (extras ?? []).map { RouteCall.Extra(name: $0.name, value: $0.value) }, at: at)
        if let lists { call.told = RouteCall.Told(lists: Set(lists), lots: lots ?? [:]) }
        if lists == nil, case .number = call.caller { return call }
        // What is masked is still what it was.
        call.caller = who == "number" ? .number(E164(value: 0)) : who == "anonymous" ? .anonymous : .other
        return call
    }

    package var facts: CallerFacts {
        var facts = CallerFacts()
        facts.kind = CallerFacts.Kind.allCases.first { "\($0)" == caller.kind } ?? .unknown
        facts.match = caller.match == "exact" ? .exact : caller.match == "local" ? .local : .none
        facts.isAmbiguous = caller.ambiguous ?? false
        facts.isBlocked = caller.blocked ?? false
        facts.hasOpenCase = caller.openCase ?? false
        facts.hasOpenCallback = caller.openCallback ?? false
        facts.segment = caller.segment
        facts.language = caller.language
        facts.owner = caller.owner.flatMap { E164($0) }
        facts.agent = caller.agent.flatMap { E164($0) }
        facts.agentDay = caller.agentDay
        facts.queue = caller.queue.flatMap { E164($0) }
        return facts
    }
}
