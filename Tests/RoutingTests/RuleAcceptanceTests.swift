import Testing

@testable import Routing

/// Documents that look dangerous and are not.
@Suite struct RuleAcceptanceTests {
    static let accepted: [(String, String)] = [
        (
            "two rules for all queues, each with a queue of its own",
            "rules:\n  - {name: vip, when: {segment: VIP}, to: '+35811111111'}\n  - {name: fi, when: {language: fi}, to: '+35822222222'}"
        ),
        (
            "a desk for each language of calls that keep theirs",
            "constant: [DYN_PAR_Culture]\nrules:\n  - {name: fi, when: {language: fi}, to: '+35811111111'}\n  - {name: sv, when: {language: sv}, to: '+46811111111'}"
        ),
        (
            "there and back by data that stays the same",
            "constant: [DYN_TEAM]\nrules:\n  - {name: a, when: {bnum: '+35811111111', extradata: {DYN_TEAM: x}}, to: '+35822222222'}\n"
                + "  - {name: b, when: {bnum: '+35822222222', extradata: {DYN_TEAM: y}}, to: '+35811111111'}"
        ),
        (
            "there by day and back by night",
            "timezone: UTC\nhours: {h: {week: {mon-sun: ['08:00-16:00']}}}\nrules:\n"
                + "  - {name: day, when: {bnum: '+35811111111', open: h}, to: '+35822222222'}\n"
                + "  - {name: night, when: {bnum: '+35822222222', closed: h}, to: '+35811111111'}"
        ),
        (
            "a way back that an earlier rule closes",
            "rules:\n  - {name: stay, when: {bnum: '+35822222222', caller: known}, to: default}\n"
                + "  - {name: there, when: {bnum: '+35811111111', caller: known}, to: '+35822222222'}\n"
                + "  - {name: back, when: {bnum: '+35822222222'}, to: '+35811111111'}"
        ),
        (
            "the last agent, else the owner, else a pool",
            "pools: {desk: [{to: '+35811111111', weight: 3}, {to: '+35822222222'}]}\n"
                + "rules:\n  - {name: known, when: {caller: known}, to: [last-agent, owner, desk], fail: '+35833333333'}"
        ),
        ("JSON", #"{"rules": [{"name": "a", "when": {"caller": ["unknown", "anonymous"]}, "to": "disconnect"}]}"#),
        (
            "a leap day and a night over the end of the week",
            "timezone: Europe/Helsinki\nhours: {h: {week: {mon-sun: ['22:00-06:00']}, holidays: [{date: 02-29}, {date: 2028-02-29, open: ['10:00-11:00']}]}}\nrules: [{name: a, when: {open: h}, to: disconnect}]"
        ),
    ]

    @Test(arguments: accepted.map(\.0)) func `a document is accepted`(name: String) throws {
        let text = try #require(Self.accepted.first { $0.0 == name }).1
        let program = try RuleProgram.compile(text, file: "rules.yaml")
        #expect(program.ruleCount >= 1)
    }

    @Test func `what was proven before it was stored is not proven again, but still has to be a document`() throws {
        let loop = "rules:\n  - {name: a, when: {bnum: '+35811111111'}, to: '+35822222222'}\n  - {name: b, to: '+35811111111'}"
        #expect(throws: RuleProblems.self) { try RuleProgram.compile(loop, file: "rules.yaml") }
        #expect(try RuleProgram.compile(loop, file: "rules.yaml", isProven: true).ruleCount == 2)
        #expect(throws: RuleProblems.self) {
            try RuleProgram.compile("rules: [{name: a, to: nowhere}]", file: "rules.yaml", isProven: true)
        }
    }

    @Test func `the schema refuses what it says it refuses, and is JSON itself`() throws {
        let schema = try SourceText(file: "schema", text: RuleSchema.text).root()
        var check = SchemaCheck(schema: schema, file: "x")
        check.check(try SourceText(file: "x", text: "rules: []").root())
        #expect(check.problems.map(\.reason) == ["`rules` is empty"])
    }
}
