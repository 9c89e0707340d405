import Glibc
import Testing

@testable import Routing

/// Everything a document is refused for, with the line it is refused at.
@Suite struct RuleRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var line: Int
        var reason: String
        var text: String

        init(_ name: String, line: Int, _ reason: String, _ text: String) {
            (testDescription, self.line, self.reason, self.text) = (name, line, reason, text)
        }
    }

    static let cases = [
        Case("no YAML", line: 3, "neither YAML nor JSON", "rules:\n  - name: [a"),
        Case("an unknown key", line: 2, "unknown `colour`", "rules: [{name: a, to: default}]\ncolour: red"),
        Case("no rules", line: 1, "has no `rules`", "version: 1"),
        Case("a rule without a target", line: 2, "has no `to`", "rules:\n  - name: a"),
        Case(
            "a condition of the wrong type", line: 3, "where true or false belongs",
            "rules:\n  - name: a\n    when: {blocked: often}\n    to: default"),
        Case("a key twice", line: 3, "stands there twice", "rules:\n  - name: a\n    name: b\n    to: default"),
        Case(
            "a rule's name twice", line: 3, "the rule of line 2 has the name",
            "rules:\n  - {name: a, to: disconnect, when: {blocked: true}}\n  - {name: a, to: default}"),
        Case("an unknown target", line: 2, "no queue, target or pool named `nowhere`", "rules:\n  - {name: a, to: nowhere}"),
        Case(
            "an unknown queue as bnum", line: 2, "no queue or target named `sales`",
            "rules:\n  - {name: a, when: {bnum: sales}, to: disconnect}"),
        Case("unknown hours", line: 2, "no hours named `office`", "rules:\n  - {name: a, when: {open: office}, to: disconnect}"),
        Case("an unknown list", line: 2, "no list named `rich`", "rules:\n  - {name: a, when: {anum: rich}, to: disconnect}"),
        Case(
            "an unknown time zone", line: 2, "no time zone named `Mars/Olympus`",
            "hours:\n  h: {timezone: Mars/Olympus, week: {mon-sun: closed}}\nrules: [{name: a, when: {open: h}, to: disconnect}]"),
        Case(
            "hours without a time zone", line: 2, "have no time zone",
            "hours:\n  h: {week: {mon-sun: closed}}\nrules: [{name: a, to: default}]"),
        Case(
            "a number that is not E.164", line: 2, "is no number in E.164",
            "queues:\n  sales: 0401234567\nrules: [{name: a, to: sales}]"),
        Case(
            "a number with blanks", line: 2, "is no number in E.164",
            "targets:\n  jane: +358 40 1234567\nrules: [{name: a, to: jane}]"),
        Case("a number with too many digits", line: 1, "is no number in E.164", "rules: [{name: a, to: '+3581234567890123'}]"),
        Case(
            "a bad beginning in a list", line: 2, "no beginning of a number",
            "lists:\n  x: ['+46x*']\nrules: [{name: a, when: {anum: x}, to: disconnect}]"),
        Case(
            "a gap in the hours", line: 3, "leave a gap: nothing is said of sat, sun",
            "timezone: UTC\nhours:\n  h: {week: {mon-fri: ['08:00-16:00']}}\nrules: [{name: a, to: default}]"),
        Case(
            "a day twice", line: 5, "wed is given twice",
            "timezone: UTC\nhours:\n  h:\n    week: {mon-sun: closed,\n      wed: ['08:00-09:00']}\nrules: [{name: a, to: default}]"
        ),
        Case(
            "overlapping spans", line: 3, "overlaps 08:00-12:00",
            "timezone: UTC\nhours:\n  h: {week: {mon-sun: ['08:00-12:00', '11:00-16:00']}}\nrules: [{name: a, to: default}]"),
        Case(
            "a night that overlaps the morning", line: 3, "mon goes on past midnight",
            "timezone: UTC\nhours:\n  h: {week: {mon: ['22:00-06:00'], tue: ['05:00-07:00'], wed-sun: closed}}\nrules: [{name: a, to: default}]"
        ),
        Case(
            "an hour that is none", line: 3, "is no span of a day",
            "timezone: UTC\nhours:\n  h: {week: {mon-sun: ['08:00-25:00']}}\nrules: [{name: a, to: default}]"),
        Case(
            "a holiday that does not exist", line: 3, "there is no day 2026-02-30",
            "timezone: UTC\nhours:\n  h: {week: {mon-sun: closed}, holidays: [{date: 2026-02-30}]}\nrules: [{name: a, to: default}]"
        ),
        Case(
            "a holiday twice", line: 3, "is given twice",
            "timezone: UTC\nhours:\n  h: {week: {mon-sun: closed}, holidays: [{date: 12-24}, {date: 12-24}]}\nrules: [{name: a, to: default}]"
        ),
        Case(
            "self", line: 2, "would come back for ever", "rules:\n  - {name: a, when: {bnum: '+35811111111'}, to: '+35811111111'}"
        ),
        Case(
            "A to B to A", line: 3, "+35822222222 (rule `b`, line 3) → +35811111111 (rule `a`, line 2) → +35822222222",
            "rules:\n  - {name: a, when: {bnum: '+35811111111'}, to: '+35822222222'}\n  - {name: b, when: {bnum: '+35822222222'}, to: '+35811111111'}"
        ),
        Case(
            "round three queues by name", line: 8, "loops",
            "queues:\n  a: +35811111111\n  b: +35822222222\n  c: +35833333333\nrules:\n  - {name: ab, when: {bnum: a}, to: b}\n  - {name: bc, when: {bnum: b}, to: c}\n  - {name: ca, when: {bnum: c}, to: a}"
        ),
        Case(
            "through a pool", line: 4, "loops",
            "pools: {p: [{to: '+35811111111'}, {to: '+35833333333'}]}\nrules:\n  - {name: a, when: {bnum: '+35811111111'}, to: '+35822222222'}\n  - {name: b, when: {bnum: '+35822222222'}, to: p}"
        ),
        Case(
            "by overflow", line: 3, "overflow",
            "rules:\n  - {name: a, when: {bnum: '+35811111111'}, to: '+35833333333', fail: '+35822222222'}\n  - {name: b, when: {bnum: '+35822222222'}, to: '+35811111111'}"
        ),
        Case(
            "through the account's queue", line: 3, "loops",
            "rules:\n  - {name: a, when: {bnum: '+35811111111'}, to: account-queue}\n  - {name: b, when: {bnum: '+35822222222'}, to: '+35811111111'}"
        ),
        Case(
            "by lots that may fall so", line: 3, "loops",
            "rules:\n  - {name: a, when: {bnum: '+35811111111', share: 50}, to: '+35822222222'}\n  - {name: b, when: {bnum: '+35822222222', share: 50}, to: '+35811111111'}"
        ),
        Case(
            "by data that differs at each queue", line: 3, "loops",
            "rules:\n  - {name: a, when: {bnum: '+35811111111', extradata: {CurrQueueId: X}}, to: '+35822222222'}\n  - {name: b, when: {bnum: '+35822222222', extradata: {CurrQueueId: Y}}, to: '+35811111111'}"
        ),
        Case(
            "by data that may differ at each queue", line: 3, "write `constant: [DYN_TEAM]`",
            "rules:\n  - {name: a, when: {bnum: '+35811111111', extradata: {DYN_TEAM: x}}, to: '+35822222222'}\n  - {name: b, when: {bnum: '+35822222222', extradata: {DYN_TEAM: y}}, to: '+35811111111'}"
        ),
        Case(
            "by a language that may differ at each queue", line: 3, "write `constant: [DYN_PAR_Culture]`",
            "rules:\n  - {name: fi, when: {language: fi}, to: '+35811111111'}\n  - {name: sv, when: {language: sv}, to: '+46811111111'}"
        ),
        Case(
            "constant data that says where a call is", line: 1, "can't be constant",
            "constant: CurrQueueId\nrules:\n  - {name: a, to: disconnect}"),
        Case(
            "a call's id as a condition", line: 2, "every call has another one",
            "rules:\n  - {name: a, when: {extradata: {CallId: x}}, to: disconnect}"),
        Case(
            "a flag among the data", line: 2, "write `internal: true`",
            "rules:\n  - {name: a, when: {extradata: {IsInternalCaller: 'true'}}, to: disconnect}"),
        Case(
            "a rule behind one that takes all", line: 3, "`b` can't be reached: `a` (line 2)",
            "rules:\n  - {name: a, to: disconnect}\n  - {name: b, when: {caller: known}, to: default}"),
        Case(
            "a rule whose calls two others share", line: 4, "`c` can't be reached",
            "rules:\n  - {name: a, when: {caller: known}, to: disconnect}\n  - {name: b, when: {caller: [unknown, anonymous]}, to: disconnect}\n  - {name: c, when: {segment: VIP}, to: default}"
        ),
        Case(
            "a target behind one that is always there", line: 2, "target 2 of rule `a` can't be reached",
            "rules:\n  - {name: a, to: ['+35811111111', owner]}"),
        Case(
            "conditions that exclude one another", line: 4, "exclude one another",
            "timezone: UTC\nhours: {h: {week: {mon-sun: ['08:00-16:00']}}}\nrules:\n  - {name: a, when: {open: h, closed: h}, to: disconnect}"
        ),
        Case(
            "overflow to where it came from", line: 2, "to where they overflowed from",
            "rules:\n  - {name: a, to: '+35811111111', fail: '+35811111111'}"),
        Case(
            "overflow of a call that stays", line: 2, "can't overflow", "rules:\n  - {name: a, to: default, fail: '+35811111111'}"
        ),
        Case(
            "a pool within a pool", line: 3, "queues and targets only",
            "pools:\n  p: [{to: '+35811111111'}]\n  q: [{to: p}]\nrules: [{name: a, to: q}]"),
        Case(
            "a name that is a word", line: 2, "a word of its own",
            "targets:\n  owner: '+35811111111'\nrules: [{name: a, to: owner}]"),
        Case("a bomb of aliases", line: 1, "values", RuleRefusalTests.bomb),
        Case("deep nesting", line: 1, "deeper than", String(repeating: "[", count: 100_000)),
        Case("a large document", line: 1, "larger than 1 MiB", "# " + String(repeating: "x", count: 1 << 20)),
        Case("nothing", line: 1, "empty", ""),
    ]

    static let bomb =
        "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
        + "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\nrules: [{name: a, to: default}]"

    @Test(arguments: cases) func `a document is refused with file, line and reason`(refusal: Case) throws {
        let problems = try #require(throws: RuleProblems.self) { try RuleProgram.compile(refusal.text, file: "rules.yaml") }
        let said = "\(problems)"
        let match = problems.all.first { $0.reason.contains(refusal.reason) }
        let problem = try #require(match, Comment(rawValue: said))
        #expect(problem.file == "rules.yaml")
        #expect(refusal.testDescription == "a bomb of aliases" || problem.line == refusal.line, Comment(rawValue: said))
    }

    @Test func `all that is wrong is said at once, in the order of the lines`() throws {
        let text = "rules:\n  - {name: a, to: x}\n  - {name: b, to: y}\n  - {name: c, to: '+1'}"
        let problems = try #require(throws: RuleProblems.self) { try RuleProgram.compile(text, file: "r.yaml") }
        #expect(problems.all.map(\.line) == [2, 3, 4])
        #expect(problems.description.hasPrefix("r.yaml:2: there is no queue"))
    }

    @Test func `a document of the largest size is judged in seconds`() throws {
        // Rules whose conditions overlap in many ways, and lead to one another's numbers.
        var text = "rules:\n"
        for index in 0..<500 {
            let place = "bnum: '+3589310\(1000 + index % 250)'"
            let data = "extradata: {A\(index % 7): x\(index % 5), B\(index % 11): y\(index % 3)}"
            text += "  - {name: r\(index), when: {\(place), \(data)}, to: '+3589310\(1000 + (index * 7 + 3) % 250)'}\n"
        }
        let took = processorSeconds { _ = try? RuleProgram.compile(text, file: "rules.yaml") }
        #expect(took < 60)
    }

    /// What the work takes of a processor that others use as well.
    private func processorSeconds(_ work: () -> Void) -> Double {
        var (start, end) = (timespec(), timespec())
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        work()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1_000_000_000
    }
}
