import Foundation
import Postgres
import TestSupport
import Testing

@testable import Operations
@testable import TrunklineCommand

/// `trunkline rules` and `trunkline route`, as an operator runs them.
@Suite(.database) struct RoutingCommandTests {
    private static let first = "rules:\n  - {name: a, when: {caller: known}, to: '+358931009'}\n"
    private static let second =
        "rules:\n  - {name: a, when: {caller: known}, to: '+358931010'}\n  - {name: b, to: disconnect, when: {blocked: true}}\n"

    private static func file(_ text: String, _ name: String = "rules.yaml") throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appending(path: name))
        return folder.appending(path: name).path()
    }

    /// A tenant of its own, and the login of an operator.
    private static func tenant() async throws -> (name: String, url: String) {
        let url = try await OperatorLogin.url()
        let name = "t\(UInt32.random(in: 0 ... .max))"
        #expect(try await CommandRun.of("tenants", "add", name, "--region", "FI", database: url).status == 0)
        return (name, url)
    }

    @Test func `a document is checked without a database, and refused with file, line and reason`() async throws {
        let good = try Self.file(Self.first)
        #expect(try await CommandRun.of("rules", "check", good).output == "\(good): ok, 1 rules")
        let bad = try Self.file("rules:\n  - {name: a, to: nowhere}\n")
        let refused = try await CommandRun.of("rules", "check", bad)
        #expect(refused.status == 1 && refused.errors.contains("\(bad):2: there is no queue, target or pool named `nowhere`"))
    }

    @Test func `rules are applied, compared, undone, and their history kept`() async throws {
        let (tenant, url) = try await Self.tenant()
        let (first, second) = (try Self.file(Self.first), try Self.file(Self.second))
        #expect(
            try await CommandRun.of("rules", "apply", first, "--tenant", tenant, "--note", "begin", database: url).output
                .hasPrefix("version 1 of \(tenant)"))
        let difference = try await CommandRun.of("rules", "diff", second, "--tenant", tenant, database: url)
        #expect(difference.output.contains("-  - {name: a, when: {caller: known}, to: '+358931009'}"))
        #expect(difference.output.contains("+  - {name: b, to: disconnect, when: {blocked: true}}"))
        let late = try await CommandRun.of("rules", "apply", second, "--tenant", tenant, "--after", "7", database: url)
        #expect(late.status == 1 && late.errors.contains("version 1 is in force, not 7"))
        #expect(try await CommandRun.of("rules", "apply", second, "--tenant", tenant, database: url).status == 0)
        #expect(
            try await CommandRun.of("rules", "rollback", "--tenant", tenant, database: url).output.contains(
                "the same as version 1"))
        struct Line: Decodable {
            var version: Int
            var back_to: Int?
            var note: String?
        }
        let history = try await CommandRun.of("rules", "history", "--tenant", tenant, "--format", "json", database: url).json(
            [Line].self)
        #expect(history.map(\.version) == [3, 2, 1] && history[0].back_to == 1 && history[2].note == "begin")
        #expect(
            try await CommandRun.of("rules", "show", "--tenant", tenant, database: url).output
                == Self.first.dropLast().description)
        #expect(try await CommandRun.of("rules", "diff", "1", "--tenant", tenant, database: url).output == "no difference")
    }

    @Test func `numbers are loaded, and a call is tried out with the trace of every rule`() async throws {
        let (tenant, url) = try await Self.tenant()
        let numbers = try Self.file("number,kind,segment,blocked\n+358401234567,contact,VIP,no\n+358409999999,,,yes\n", "n.csv")
        #expect(try await CommandRun.of("route", "numbers", "load", numbers, "--tenant", tenant, database: url).status == 0)
        let draft = try Self.file(Self.second)
        let known = try await CommandRun.of(
            "route", "test", "--anum", "+358 40 1234567", "--bnum", "+35893100500", "--rules", draft, "--tenant", tenant,
            database: url)
        #expect(
            known.output.contains("caller: contact, segment VIP")
                && known.output.hasSuffix(#"answer: 200 {"InitialTarget":"+358931010"}"#))
        let blocked = try await CommandRun.of(
            "route", "test", "--anum", "+358409999999", "--bnum", "+35893100500", "--rules", draft, "--tenant", tenant,
            "--format", "json", database: url)
        struct Trace: Decodable {
            struct Rule: Decodable {
                var rule: String
                var fits: Bool
                var why: String
            }
            var status: Int
            var rules: [Rule]
        }
        let trace = try blocked.json(Trace.self)
        #expect(trace.status == 200 && trace.rules.map(\.rule) == ["a", "b"] && trace.rules[0].why == "caller is unknown")
    }

    @Test func `a call is tried out by the rules in force, as if it came at another time`() async throws {
        let (tenant, url) = try await Self.tenant()
        let rules = """
            timezone: Europe/Helsinki
            hours: {office: {week: {mon-fri: ['08:00-16:00'], sat-sun: closed}, holidays: [{date: 2026-12-24, open: ['08:00-12:00']}]}}
            rules:
              - {name: closed, when: {closed: office}, to: '+358931011'}
              - {name: desk, when: {caller: unknown, blocked: false}, to: '+358931012'}
              - {name: blocked, when: {blocked: true}, to: disconnect}
            """
        let file = try Self.file(rules)
        func test(_ more: String...) async throws -> CommandRun {
            try await CommandRun.of(
                ["route", "test", "--anum", "+358401234567", "--bnum", "+35893100500", "--tenant", tenant] + more, database: url)
        }
        let none = try await test()
        #expect(none.status == 1 && none.errors.contains("no rules were ever applied"))
        #expect(try await CommandRun.of("rules", "apply", file, "--tenant", tenant, database: url).status == 0)
        let open = try await test("--at", "2026-12-24T11:59:59+02:00").output.split(separator: "\n").map(String.init)
        #expect(open.count == 5 && open[1].hasPrefix("  · closed") && open[2].hasPrefix("  ✓ desk"))
        // What comes behind the rule that decided has a line as well.
        #expect(open[3].hasPrefix("  · blocked") && open[3].hasSuffix("not asked") && open[4].contains("+358931012"))
        let closed = try await test("--at", "2026-12-24T12:00:00+02:00").output.split(separator: "\n").map(String.init)
        #expect(closed[1].hasPrefix("  ✓ closed") && closed[2].hasSuffix("not asked") && closed[4].contains("+358931011"))
        let wrong = try await test("--at", "noon")
        #expect(wrong.status == 64 && wrong.errors.contains("--at"))
    }

    @Test(arguments: [
        ("number,colour\n", ":1: there is no column `colour`"), ("kind\n", ":1: the column `number` is missing"),
        ("number\n0401234567\n", ":2: `0401234567` is no number in E.164"),
        ("number;kind\n+358401234567;friend\n", ":2: there is no kind `friend`"),
        ("number\n+358401234567\n+358401234567\n", ":3: +358401234567 stands in line 2, too"),
        ("number,kind\n+358401234567\n", ":2: 1 values under 2 names"),
    ]) func `a file of numbers is refused with file, line and reason`(text: String, reason: String) throws {
        let failure = try #require(throws: OperatorError.self) { try NumberFile(text, file: "n.csv") }
        #expect(failure.description.hasSuffix(reason) && failure.description.hasPrefix("n.csv:"))
    }

    @Test func `two keys at once, and none that can be shown again`() async throws {
        let (tenant, url) = try await Self.tenant()
        let first = try await CommandRun.of(
            "route", "keys", "add", "one", "--network", "80.88.186.0/24", "--tenant", tenant, database: url)
        #expect(first.status == 0 && first.output.hasPrefix("trk_"))
        #expect(try await CommandRun.of("route", "keys", "add", "two", "--tenant", tenant, database: url).status == 0)
        let third = try await CommandRun.of("route", "keys", "add", "three", "--tenant", tenant, database: url)
        #expect(third.status == 1 && third.errors.contains("two keys are valid already"))
        let list = try await CommandRun.of("route", "keys", "--tenant", tenant, database: url).output
        #expect(list.contains("80.88.186.0/24") && !list.contains(first.output))
        let id = try #require(list.split(separator: "\n").first { $0.contains("one") }?.split(separator: " ").first)
        #expect(try await CommandRun.of("route", "keys", "revoke", String(id), "--tenant", tenant, database: url).status == 0)
        #expect(try await CommandRun.of("route", "keys", "revoke", String(id), "--tenant", tenant, database: url).status == 1)
    }

    @Test func `kept decisions are replayed under a draft, and the differences shown`() async throws {
        let (tenant, url) = try await Self.tenant()
        let database = try TestDatabase.current.connect()
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.route_decision (tenant_id, at, seq, instance_id, anum, bnum, masked, outcome, reason, rule, initial_target, took_us, question, trace)
                    SELECT tenant_id, now() - i * interval '10 minutes', i, gen_random_uuid(), '+35840123456' || i, '+35893100500', false, 'route', 'rule', 'a', '+358931009', 10,
                        jsonb_build_object('at', 1772006400000, 'who', 'number', 'caller', jsonb_build_object('kind', 'contact', 'match', 'exact')), '[]'
                    FROM hub.tenant, generate_series(1, 3) i WHERE name = '\(tenant)'
                    """)
        }
        func replay(_ text: String, _ more: String...) async throws -> CommandRun {
            let day = Date(timeIntervalSinceNow: -86_400).formatted(.iso8601)
            return try await CommandRun.of(
                ["route", "replay", "--from", day, "--rules", try Self.file(text), "--tenant", tenant] + more, database: url)
        }
        #expect(try await replay(Self.first).output == "3 decisions replayed, 0 different, 3 the same")
        #expect(try await replay(Self.second).output.hasSuffix("3 decisions replayed, 3 different, 0 the same"))
        // Up to a time, which does not count itself.
        let before = Date(timeIntervalSinceNow: -900).formatted(.iso8601)
        #expect(try await replay(Self.first, "--to", before).output == "2 decisions replayed, 0 different, 2 the same")

        // One caller is masked, one was erased since, and two questions were answered without asking the rules.
        try await database.withConnection {
            try await $0.run(
                script: """
                    INSERT INTO hub.route_decision (tenant_id, at, seq, instance_id, anum, bnum, masked, outcome, reason, took_us, question, trace)
                    SELECT tenant_id, now() - interval '1 hour', i, gen_random_uuid(), '…', '+35893100500', masked, 'standard', reason, 10, question::jsonb, '[]'
                    FROM hub.tenant, (VALUES
                        (1, true, 'no_rule', '{"at": 1772006400000, "who": "anonymous", "caller": {}, "lists": []}'),
                        (2, true, 'rule', '{"at": 1772006400000, "who": "number", "caller": {}}'),
                        (3, false, 'stale', '{"at": 1772006400000, "who": "number", "caller": {}}'),
                        (4, false, 'stale', '{"at": 1772006400000, "who": "number", "caller": {}}')
                    ) d (i, masked, reason, question) WHERE name = '\(tenant)'
                    """)
        }
        #expect(
            try await replay(Self.first).output
                == "4 decisions replayed, 0 different, 4 the same; left out: 1 erased, 2 stale")
        struct Summary: Decodable {
            var replayed: Int
            var left_out: [String: Int]
        }
        let summary = try await replay(Self.first, "--format", "json").json(Summary.self)
        #expect(summary.replayed == 4 && summary.left_out == ["erased": 1, "stale": 2])
        await database.close()
    }
}
