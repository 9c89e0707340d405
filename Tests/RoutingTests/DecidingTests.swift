import Testing

@testable import Routing

@Suite struct DecidingTests {
    static let text = """
        timezone: Europe/Helsinki
        queues:
          main: {number: +35893100500, targetid: MAIN}
          support: +35893100501
          vip: +35893100502
          night: +35893100503
        pools:
          desk: [{to: support, weight: 3}, {to: vip, weight: 1}]
        lists:
          sweden: ['+46*', '+35840999*']
        hours:
          office:
            week: {mon-fri: ['08:00-16:00'], sat: ['22:00-02:00'], sun: closed}
            holidays: [{date: 2026-12-24, open: ['08:00-10:00']}, {date: 12-06}]
        constant: [DYN_PAR_Culture]
        rules:
          - {name: blocked, when: {blocked: true}, to: disconnect}
          - {name: colleagues, when: {internal: true}, to: default}
          - {name: culture, when: {extradata: {DYN_PAR_Culture: [de-DE]}}, to: +4930111111}
          - {name: swedes, when: {anum: sweden, caller: unknown}, to: +4681111111}
          - {name: vip, when: {segment: [VIP, Gold]}, to: vip, fail: [owner, support], priority: 5}
          - {name: recent, when: {last_agent_within_days: 7}, to: last-agent}
          - {name: old, when: {last_agent_within_days: 30, open_case: true}, to: [owner, last-agent]}
          - {name: case, when: {open_case: true}, to: account-queue}
          - {name: callback, when: {open_callback: true, language: sv}, to: +4682222222}
          - {name: hidden, when: {caller: anonymous, targetid: MAIN}, to: disconnect}
          - {name: closed, when: {closed: office, bnum: main}, to: night}
          - {name: contacts, when: {caller: [contact, account]}, to: owner}
          - {name: leads, when: {caller: lead, bnum: main}, to: desk}
        """
    static let program = try! RuleProgram.compile(text, file: "rules.yaml")
    /// A Wednesday, 10:00 in Helsinki.
    static let wednesday: Int64 = 1_772_006_400_000

    static func call(_ anum: String = "+358401234567", bnum: String = "+35893100500", at: Int64 = wednesday) -> RouteCall {
        RouteCall(anum: anum, bnum: bnum, callID: "c1", at: at)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var call: RouteCall
        var facts: CallerFacts
        var json: String?

        init(
            _ name: String, _ call: RouteCall = DecidingTests.call(), _ change: (inout CallerFacts) -> Void = { _ in },
            answer json: String?
        ) {
            (testDescription, self.call, self.json) = (name, call, json)
            var facts = CallerFacts()
            change(&facts)
            self.facts = facts
        }
    }

    private static func to(_ number: String) -> String { "{\"InitialTarget\":\"\(number)\"}" }
    private static func changed(_ call: RouteCall, _ change: (inout RouteCall) -> Void) -> RouteCall {
        var call = call
        change(&call)
        return call
    }

    static let cases = [
        Case("nobody knows the caller", answer: nil),
        Case("a blocked caller", call(), { $0.isBlocked = true }, answer: #"{"InitialTarget":"DISCONNECT:"}"#),
        Case(
            "a colleague stays", changed(call()) { $0.isInternal = true },
            {
                $0.segment = "VIP"; $0.kind = .contact
            }, answer: nil),
        Case(
            "the request's culture", changed(call()) { $0.extras = [.init(name: "DYN_PAR_Culture", value: "de-DE")] },
            answer: to("+4930111111")),
        Case("a beginning of the number", call("+46701234567"), answer: to("+4681111111")),
        Case("a longer beginning", call("+358409991234"), answer: to("+4681111111")),
        Case("a known one with that beginning", call("+46701234567"), { $0.kind = .lead }, answer: desk("+46701234567")),
        Case(
            "VIP, with overflow and priority", call(),
            {
                $0.kind = .contact; $0.segment = "VIP"; $0.owner = E164("+358931001")
            },
            answer: #"{"InitialTarget":"+35893100502","FailTarget":"+358931001","ExtraPriority":5}"#),
        Case(
            "VIP whose owner has no number", call(),
            {
                $0.kind = .contact; $0.segment = "Gold"
            },
            answer: #"{"InitialTarget":"+35893100502","FailTarget":"+35893100501","ExtraPriority":5}"#),
        Case(
            "VIP at the VIP desk stays", call(bnum: "+35893100502"),
            {
                $0.kind = .contact; $0.segment = "VIP"
            }, answer: nil),
        Case(
            "the agent of last week", call(),
            {
                $0.kind = .contact; $0.agent = E164("+358931002"); $0.agentDay = Int32(wednesday / 86_400_000) - 7
            }, answer: to("+358931002")),
        Case(
            "the agent of two weeks ago", call(),
            {
                $0.kind = .contact; $0.agent = E164("+358931002"); $0.agentDay = Int32(wednesday / 86_400_000) - 14;
                $0.hasOpenCase = true
            }, answer: to("+358931002")),
        Case(
            "the owner comes first", call(),
            {
                $0.kind = .contact; $0.owner = E164("+358931001"); $0.agent = E164("+358931002");
                $0.agentDay = Int32(wednesday / 86_400_000) - 14; $0.hasOpenCase = true
            }, answer: to("+358931001")),
        Case(
            "an open case goes to the account's queue", call(),
            {
                $0.kind = .account; $0.hasOpenCase = true; $0.queue = E164("+358931099")
            }, answer: to("+358931099")),
        Case(
            "a caller who has come to their owner stays", call(bnum: "+358931001"),
            {
                $0.kind = .contact; $0.owner = E164("+358931001"); $0.segment = "VIP"
            }, answer: nil),
        Case(
            "an open callback in Swedish", call(),
            {
                $0.kind = .contact; $0.hasOpenCallback = true; $0.language = "sv-SE"
            }, answer: to("+4682222222")),
        Case(
            "an anonymous caller at a targetid", changed(call("anonymous")) { $0.targetID = "MAIN" },
            answer: #"{"InitialTarget":"DISCONNECT:"}"#),
        Case("an anonymous caller elsewhere", call("anonymous"), answer: nil),
        Case("closed at night", call(at: wednesday + 12 * 3_600_000), answer: to("+35893100503")),
        Case("closed on a holiday of every year", call(at: 1_796_562_000_000 - 3 * 3_600_000), answer: to("+35893100503")),
        Case(
            "a contact goes to the owner", call(),
            {
                $0.kind = .contact; $0.owner = E164("+358931001")
            }, answer: to("+358931001")),
        Case("a contact whose owner has no number", call(), { $0.kind = .contact }, answer: nil),
    ]

    private static func desk(_ anum: String) -> String? {
        var facts = CallerFacts()
        facts.kind = .lead
        return program.decide(call(anum), facts).json
    }

    @Test(arguments: cases) func `a call goes where the rules say`(example: Case) {
        #expect(Self.program.decide(example.call, example.facts).json == example.json)
        #expect(Self.program.explain(example.call, example.facts).decision.json == example.json)
    }

    @Test func `a pool shares calls by weight, and a call keeps its lot`() {
        var counts: [String: Int] = [:]
        var facts = CallerFacts()
        facts.kind = .lead
        for id in 0..<4000 {
            var call = Self.call()
            call.callID = "call \(id)"
            let answer = Self.program.decide(call, facts).json ?? ""
            call.at += 1000
            #expect(Self.program.decide(call, facts).json == answer)
            counts[answer, default: 0] += 1
        }
        #expect(abs((counts[Self.to("+35893100501")] ?? 0) - 3000) < 150)
        #expect(abs((counts[Self.to("+35893100502")] ?? 0) - 1000) < 150)
    }

    @Test func `the trace names what held each rule back`() {
        var facts = CallerFacts()
        facts.kind = .contact
        facts.owner = E164("+358931001")
        let trace = Self.program.explain(Self.call(), facts)
        #expect(trace.lines.map(\.rule).last == "contacts")
        #expect(trace.lines.first { $0.rule == "vip" }?.why == "segment is another")
        #expect(trace.lines.first { $0.rule == "closed" }?.why == "hours is office open")
        #expect(trace.lines.filter(\.fits).count == 1)
        #expect(trace.text.hasSuffix(#"answer: 200 {"InitialTarget":"+358931001"}"#))
        #expect(trace.text.hasPrefix("caller: contact, owner at +358931001"))
    }

    @Test func `an ambiguous caller counts as unknown, and the trace says so`() {
        var facts = CallerFacts()
        facts.kind = .contact
        facts.isAmbiguous = true
        facts.segment = nil
        let trace = Self.program.explain(Self.call(), facts)
        #expect(trace.decision.json == nil)
        #expect(trace.caller.hasPrefix("ambiguous"))
    }
}
