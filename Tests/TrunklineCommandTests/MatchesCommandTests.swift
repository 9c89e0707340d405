import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.databaseEach) struct MatchesCommandTests {
    private static let acme = UUID(uuidString: "20000000-0000-4000-8000-00000000000a")!
    private static let ann = UUID(uuidString: "20000000-0000-4000-8000-00000000000b")!
    private static let number = "+31205550101"

    private struct Ambiguous: Decodable {
        var number: String
        var calls: Int
        var candidates: Int
    }

    private struct Carrier: Decodable {
        var table: String
        var id: String
        var name: String
        var column: String
    }

    private struct Decided: Decodable {
        var number: String
        var table: String
        var name: String?
        var why: String?
    }

    /// A tenant whose directory has a number twice, and some traffic on it.
    private func directory() async throws -> String {
        let url = try await OperatorLogin.url()
        #expect(try await CommandRun.of("tenants", "add", "acme", database: url).status == 0)
        try await execute(
            """
            INSERT INTO hub.directory_entry (tenant_id, entry_id, entry_table, name, generation)
            SELECT tenant_id, e.* FROM hub.tenant, (VALUES
                ('\(Self.acme)'::uuid, 'account', 'Acme', 1::bigint), ('\(Self.ann)'::uuid, 'contact', 'Ann', 1)) AS e
            """)
        try await execute(
            """
            INSERT INTO hub.directory_number (tenant_id, number, entry_id, field, raw, form, suffix)
            SELECT tenant_id, '\(Self.number)', entry_id, 'telephone1', '020 555 01 01', 'national', '205550101' FROM hub.directory_entry
            """)
        try await execute(
            """
            INSERT INTO hub.directory_ambiguity (tenant_id, number, calls, candidates, first_at, last_at)
            SELECT tenant_id, n.number, n.calls, 2, now() - interval '2 days', now()
            FROM hub.tenant, (VALUES ('\(Self.number)', 40), ('+31205550102', 2), ('+31205550103', 7)) AS n (number, calls)
            """)
        try await execute(
            """
            INSERT INTO hub.directory_load (tenant_id, entry_table, phase, generation)
            SELECT tenant_id, t.* FROM hub.tenant, (VALUES ('contact', 'tracking', 1), ('account', 'tracking', 1), ('lead', 'off', 1)) AS t
            """)
        return url
    }

    private func execute(_ sql: String) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        _ = try await database.execute(Statement("", sql))
        await database.close()
    }

    private func count(_ sql: String) async throws -> Int {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let number = try await database.query(Statement("", sql))[0][0].decode(Int.self)
        await database.close()
        return number
    }

    @Test func `ambiguous numbers come with the most calls first`() async throws {
        let url = try await directory()
        let run = try await CommandRun.of("matches", "--limit", "2", "--format", "json", database: url)
        #expect(run.status == 0)
        #expect(try run.json([Ambiguous].self).map(\.calls) == [40, 7])
        let table = try await CommandRun.of("matches", "list", database: url)
        #expect(table.output.split(separator: "\n").count == 4)
    }

    @Test func `who carries a number is shown`() async throws {
        let url = try await directory()
        let run = try await CommandRun.of("matches", "show", "+31 20 555 01 01", "--format", "json", database: url)
        #expect(try run.json([Carrier].self).map(\.name) == ["Acme", "Ann"])
        let nobody = try await CommandRun.of("matches", "show", "+31205550199", database: url)
        #expect(nobody.output == "nobody in the directory of acme has the number +31205550199")
        let local = try await CommandRun.of("matches", "show", "5550101", database: url)
        #expect(local.status == 64 && local.output.isEmpty)
    }

    @Test func `a decision is stored, leaves the list, is applied to the past on request, and can be taken back`() async throws {
        let url = try await directory()
        let decided = try await CommandRun.of(
            "matches", "decide", Self.number, "--account", Self.acme.uuidString, "--past", "30", "--note", "their switchboard",
            database: url)
        #expect(decided.status == 0)
        #expect(decided.output == "\(Self.number) of acme belongs to Acme from now on\nthe calls of the last 30 days follow")
        #expect(try await count("SELECT count(*) FROM hub.jobs WHERE kind = 'calls.match'") == 1)
        #expect(try await count("SELECT count(*) FROM hub.operator_action WHERE action = 'match.decide'") == 1)
        let list = try await CommandRun.of("matches", "--format", "json", database: url).json([Ambiguous].self)
        #expect(!list.contains { $0.number == Self.number })
        let decisions = try await CommandRun.of("matches", "decisions", "--format", "json", database: url).json([Decided].self)
        #expect(decisions.map(\.name) == ["Acme"] && decisions[0].table == "account" && decisions[0].why == "their switchboard")

        let nobody = try await CommandRun.of("matches", "decide", Self.number, "--nobody", database: url)
        #expect(nobody.output == "\(Self.number) of acme belongs to nobody from now on")
        let undone = try await CommandRun.of("matches", "undo", Self.number, database: url)
        #expect(undone.output == "the rules decide about \(Self.number) again")
        let again = try await CommandRun.of("matches", "undo", Self.number, database: url)
        #expect(again.status == 1 && again.errors == "trunkline: nothing was decided about \(Self.number)")
    }

    @Test(arguments: [
        [], ["--nobody", "--past", "3"], ["--past", "0", "--nobody"], ["--contact", "nonsense"],
        ["--nobody", "--contact", "20000000-0000-4000-8000-00000000000b"],
    ])
    func `a decision says one thing`(arguments: [String]) async throws {
        let url = try await directory()
        let run = try await CommandRun.of(["matches", "decide", Self.number] + arguments, database: url)
        #expect(run.status == 64)
        #expect(run.output.isEmpty && !run.errors.isEmpty)
        #expect(try await count("SELECT count(*) FROM hub.directory_decision") == 0)
    }

    @Test func `a number is given only to somebody who is there`() async throws {
        let url = try await directory()
        let wrongTable = try await CommandRun.of("matches", "decide", Self.number, "--lead", Self.ann.uuidString, database: url)
        #expect(wrongTable.status == 1)
        #expect(wrongTable.errors == "trunkline: the directory of acme has no active lead \(Self.ann.uuidString.lowercased())")
    }

    @Test func `everything can be read anew`() async throws {
        let url = try await directory()
        let run = try await CommandRun.of("matches", "resync", database: url)
        #expect(run.output == "2 tables of acme will be read anew")
        #expect(try await count("SELECT count(*) FROM hub.directory_load WHERE resync_wanted") == 2)
    }
}
