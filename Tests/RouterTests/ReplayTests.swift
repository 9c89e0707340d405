import Foundation
import Postgres
import Routing
import Testing
import TestSupport

@testable import Router

/// Decisions as the router wrote them are made again, byte for byte.
@Suite(.database) struct ReplayTests {
    /// Everything an answer may hang on: lots by the call's id and without one, lists, data, hours, priorities.
    private static let rules = """
        timezone: Europe/Helsinki
        queues: {main: +35893100500, vip: +35893100502, desk: +35893100504}
        pools: {two: [{to: desk, weight: 2}, {to: vip}], three: [{to: '+35893100601'}, {to: '+35893100602'}, {to: '+35893100603'}]}
        lists: {sweden: ['+46*'], few: ['+358401234567', '+358402222222']}
        hours: {office: {week: {mon-sun: ['00:00-24:00']}}}
        rules:
          - {name: arrived, when: {bnum: [vip, desk, '+35893100601', '+35893100602', '+35893100603']}, to: default}
          - {name: team, when: {extradata: {DYN_TEAM: [red]}, open: office}, to: desk, priority: -7}
          - {name: known, when: {caller: known, share: 60}, to: owner, fail: [three, vip], priority: 5}
          - {name: listed, when: {anum: few, share: 50}, to: three, fail: two}
          - {name: swedes, when: {anum: sweden, share: 70}, to: three}
          - {name: inline, when: {anum: ['+4670*', '+358403333333']}, to: vip, priority: 1}
          - {name: hidden, when: {caller: anonymous}, to: disconnect}
          - {name: rest, when: {share: 30}, to: two}
        """

    struct Kept {
        var anum: String
        var bnum: String
        var targetID: String?
        var callID: String?
        var question: KeptQuestion
        /// Answer and trace as they were written.
        var written: String
        var masked: Bool
    }

    @Test(arguments: [false, true]) func `every kept decision is made again with the same answer and the same story`(masks: Bool)
        async throws
    {
        try await TestRouter.run(
            rules: Self.rules, keepsDecisions: true, masks: masks, prepare: RouterFixtures.known
        ) { router async throws in
            let callers = [
                "+358401234567", "+358402222222", "+358403333333", "+46701234567", "+46811112222", "anonymous", "sip:x@y",
            ]
            var asked = 0
            for round in 0..<12 {
                for caller in callers {
                    let number = round % 2 == 0 ? caller : caller.replacing("1234567", with: "12345\(10 + round)")
                    var members: [String] = []
                    if round % 2 == 0 { members.append(#""CallId":"call \#(round) \#(asked)""#) }
                    if round % 5 == 0 { members.append(#""DYN_TEAM":"red""#) }
                    if round % 3 == 0 { members.append(#""Caller":"\#(number)""#) }
                    let bnum = round % 4 == 3 ? "+35893100504" : "+35893100500"
                    let answer = try await router.post(
                        #"{"anum":"\#(number)","bnum":"\#(bnum)","targetid":"T","extradata":{\#(members.joined(separator: ","))}}"#
                    )
                    #expect([200, 204].contains(answer.status))
                    asked += 1
                }
            }
            let kept = try await Self.kept(router, count: asked)
            let program = try RuleProgram.compile(Self.rules, file: "rules.yaml")
            var answers: Set<String> = []
            for row in kept {
                let call = row.question.call(anum: row.anum, bnum: row.bnum, targetID: row.targetID, callID: row.callID)
                let story = program.explain(call, row.question.facts)
                #expect(Self.text(story) == row.written)
                #expect(row.masked == masks)
                if masks {
                    #expect(!row.anum.contains("1234567") && !row.anum.contains("2222222") && !row.anum.contains("3333333"))
                    let text = String(decoding: try JSONEncoder().encode(row.question), as: UTF8.self)
                    #expect(!text.contains("4012345") && !text.contains("467012345"))
                }
                answers.insert(story.decision.json ?? "")
            }
            // The example says something: many answers are among them.
            #expect(answers.count > 8, "\(answers)")
        }
    }

    private static func text(_ story: RouteTrace) -> String {
        var parts = [story.decision.reason.rawValue]
        if case .route(let number, let fail, let priority) = story.decision.outcome {
            parts += ["route", number.text, fail?.text ?? "", priority.map(String.init) ?? ""]
        } else {
            parts += [story.decision.outcome == .disconnect ? "disconnect" : "standard", "", "", ""]
        }
        parts.append(story.lines.last { $0.fits }?.rule ?? "")
        return (parts + [story.caller] + story.lines.map { "\($0.fits ? "+" : "-") \($0.rule): \($0.why)" }).joined(
            separator: "\n")
    }

    private static func kept(_ router: TestRouter, count: Int) async throws -> [Kept] {
        let number = Statement("", "SELECT count(*) FROM hub.route_decision WHERE tenant_id = $1")
        try await eventually("all are kept") {
            try await router.database.query(number, [router.tenant])[0].decode(Int64.self) == Int64(count)
        }
        let rows = Statement(
            "",
            """
            SELECT anum, bnum, target_id, call_id, question, masked,
                concat_ws(E'\\n', reason, outcome, coalesce(initial_target, ''), coalesce(fail_target, ''), coalesce(extra_priority::text, ''), coalesce(rule, '')),
                ARRAY(SELECT jsonb_array_elements_text(trace))
            FROM hub.route_decision WHERE tenant_id = $1 ORDER BY at, seq
            """)
        return try await router.database.query(rows, [router.tenant]).map { row in
            let (anum, bnum, targetID, callID, question, masked, answer, trace) = try row.decode(
                String.self, String.self, String?.self, String?.self, JSONB.self, Bool.self, String.self, [String].self)
            return Kept(
                anum: anum, bnum: bnum, targetID: targetID, callID: callID, question: try question.decode(KeptQuestion.self),
                written: ([answer] + trace).joined(separator: "\n"), masked: masked)
        }
    }
}
