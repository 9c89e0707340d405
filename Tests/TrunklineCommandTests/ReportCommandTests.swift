import EmbeddedPostgres
import Foundation
import Operations
import Postgres
import Reports
import TestSupport
import Testing

@testable import TrunklineCommand

@Suite(.database) struct ReportCommandTests {
    private struct Listed: Decodable {
        var report: String
        var since: String?
        var answers: String
    }

    private struct Balance: Decodable {
        var tenant: String
        var day: String
        var seen: Int
        var difference: Int
        var skipped_by_reason: [String: Int]
    }

    /// A login user that may read reports and nothing else.
    private func reader() async throws -> String {
        let current = try TestDatabase.current
        let name = "reader_\(UUID().uuidString.prefix(8).lowercased())"
        let database = current.connect(maximumConnections: 1)
        try await database.withConnection {
            try await $0.run(
                script: """
                    CREATE ROLE \(name) LOGIN PASSWORD 'open' IN ROLE trunkline_report;
                    INSERT INTO hub.tenant (name) VALUES ('acme') ON CONFLICT DO NOTHING;
                    """)
        }
        await database.close()
        let server = try await TestCluster.shared.server()
        return server.connectionString(
            database: String(current.url.split(separator: "/").last ?? ""), user: name, password: "open")
    }

    private func addIntake(daysAgo days: Int, seen: Int) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.execute(
            Statement(
                "",
                """
                INSERT INTO hub.call_intake (tenant_id, call_day, seen)
                SELECT tenant_id, (now() AT TIME ZONE 'UTC')::date - $1::integer, $2 FROM hub.tenant WHERE name = 'acme'
                """), [Int32(days), Int64(seen)])
        await database.close()
    }

    @Test func `without a name the reports are listed, without a database`() async throws {
        let list = try await CommandRun.of("report", "--format", "json")
        let reports = try list.json([Listed].self)
        #expect(reports.map(\.report) == Report.all.map(\.name))
        #expect(reports.first { $0.report == "balance" }?.since == "14 days")
        #expect(try await CommandRun.of("report").output.contains("Does every call have its place?"))
    }

    @Test func `a report is printed as a table, as CSV and as JSON, for who may only read reports`() async throws {
        let url = try await reader()
        try await addIntake(daysAgo: 3, seen: 7)
        try await addIntake(daysAgo: 40, seen: 9)

        let json = try await CommandRun.of("report", "balance", "--format", "json", database: url)
        let rows = try json.json([Balance].self)
        #expect(rows.map(\.seen) == [7])
        #expect(rows.map(\.difference) == [7])
        #expect(rows.map(\.skipped_by_reason) == [[:]])

        let table = try await CommandRun.of("report", "balance", database: url)
        #expect(table.output.hasPrefix("TENANT"))
        #expect(table.output.split(separator: "\n").count == 2)

        let csv = try await CommandRun.of("report", "balance", "--since", "60 days", "--format", "csv", database: url)
        let lines = csv.output.components(separatedBy: "\r\n")
        #expect(lines.count == 3)
        #expect(lines[0] == "tenant,day,seen,written,adopted,skipped,pending,dead,withdrawn,difference,skipped_by_reason")
        #expect(lines[1] == "acme,\(rows[0].day),7,0,0,0,0,0,0,7,{}")

        let day = try #require(Calendar(identifier: .gregorian).date(byAdding: .day, value: -41, to: Date()))
        let since = day.formatted(Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day())
        let old = try await CommandRun.of("report", "balance", "--since", since, "--format", "json", database: url)
        #expect(try old.json([Balance].self).map(\.seen) == [7, 9])
    }

    @Test func `a report with nothing to tell says so in words, and is empty in CSV and JSON`() async throws {
        let url = try await reader()
        #expect(try await CommandRun.of("report", "rules", database: url).output == "nothing to report")
        #expect(try await CommandRun.of("report", "rules", "--format", "json", database: url).output == "[]")
        let csv = try await CommandRun.of("report", "rules", "--format", "csv", database: url)
        #expect(csv.output == "tenant,version,rules,back_to,note,applied_at,applied_by,in_force")
    }

    @Test func `words of people keep their commas, quotes and lines in CSV`() async throws {
        let url = try await reader()
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        try await database.execute(
            Statement("", "SELECT hub.job_hold('test.report', NULL, $1, 'jane')"), ["mailbox \"full\", ask\nIT"])
        await database.close()
        let csv = try await CommandRun.of("report", "pauses", "--format", "csv", database: url)
        #expect(csv.output.contains("test.report,every tenant,\"mailbox \"\"full\"\", ask\nIT\",jane,"))
        let table = try await CommandRun.of("report", "pauses", database: url)
        #expect(table.output.contains("mailbox \"full\", ask IT"))
    }

    @Test(arguments: [
        (["report", "nonsense"], "there is no report nonsense; there are ambiguous, backlog, balance,"),
        (["report", "queue", "--since", "1 day"], "has no --since"), (["report", "balance", "--since", "yesterday"], "--since"),
        (["report", "balance", "--format", "xml"], "--format"), (["report", "--since", "1 day"], "--since"),
    ])
    func `wrong usage ends with 64 before anybody is asked`(arguments: [String], words: String) async throws {
        let run = try await CommandRun.of(arguments, database: "postgresql://nobody@127.0.0.1:1/none")
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(words))
    }

    @Test func `a database without the reports is told of with the remedy`() async throws {
        let run = try await CommandRun.of("report", "balance", database: try await TestCluster.shared.empty())
        #expect(run.status == 1)
        #expect(run.errors == "trunkline: the database's reports are older than this program: run `trunkline migrate`")
    }

    /// Every type that a column has can be printed, and psql reads the same text.
    @Test(arguments: Report.all) func `each report can be printed`(report: Report) async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        // A row of nulls has every column's type, too.
        let columns = try await database.query(
            Statement("", "SELECT * FROM (\(report.sql)) AS r"), report.defaultSince.map { [$0.duration] } ?? [])
        let known: Set<PostgresType> = [
            .bool, .int2, .int4, .int8, .float4, .float8, .numeric, .timestamptz, .date, .uuid, .json, .jsonb, .text, .varchar,
            .bpchar, .name,
        ]
        #expect(
            columns.types.allSatisfy(known.contains), "\(zip(columns.columns, columns.types).filter { !known.contains($0.1) })")
        await database.close()
    }
}
