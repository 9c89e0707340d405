import Foundation
import Postgres
import TestSupport
import Testing

@testable import Reports

/// Schema `report` as a contract: what is in it, who may read it, and that nothing else can be done with the right to read it.
@Suite(.database) struct ContractTests {
    private func names(_ sql: String) async throws -> [String] {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let names = try await database.query(Statement("", sql)).map { try $0[0].decode(String.self) }
        await database.close()
        return names
    }

    @Test func `each view says since which version it is there, and the newest is the programs'`() async throws {
        #expect(try await names("SELECT name FROM report.catalogue WHERE since IS NULL OR answers IS NULL").isEmpty)
        #expect(try await names("SELECT name FROM hub.report_view EXCEPT SELECT name FROM report.catalogue").isEmpty)
        let database = try TestDatabase.current.connect(as: "trunkline_report", maximumConnections: 1)
        #expect(try await ReportContract.version(of: database) == ReportContract.needed)
        await database.close()
    }

    @Test func `every view has a ready query`() async throws {
        let used = Set(Report.all.flatMap { $0.sql.matches(of: /report\.([a-z_]+)/).map { String($0.1) } })
        let unused = try await names("SELECT name FROM report.catalogue").filter { !used.contains($0) }
        #expect(unused.isEmpty)
    }

    @Test(arguments: Report.all) func `a report runs on an empty hub, for the reporting role`(report: Report) async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_report", maximumConnections: 1)
        let rows = try await report.run(on: database)
        #expect(Set(rows.columns).count == rows.columns.count)
        if report.defaultSince != nil {
            _ = try await report.run(since: .moment(Date(timeIntervalSinceNow: -86_400)), on: database)
            _ = try await report.run(since: .span(#require(Span("400 days"))), on: database)
        }
        await database.close()
    }

    @Test func `a moment is as long ago as the server's clock says`() async throws {
        let database = try TestDatabase.current.connect(maximumConnections: 1)
        let begins = try await database.withTransaction { connection in
            let report = try #require(Report.named("jobs"))
            let moment = Date(timeIntervalSince1970: 1_700_000_000)
            let age = try await report.parameters(.moment(moment), on: connection)
            return try await connection.query(Statement("", "SELECT now() - $1::interval"), age)[0][0].decode(Date.self)
        }
        #expect(begins == Date(timeIntervalSince1970: 1_700_000_000))
        await database.close()
    }

    @Test func `nothing is compiled for a report`() async throws {
        let report = try #require(Report(fileName: "compiled.sql", text: "-- Is it?\nSELECT current_setting('jit');\n"))
        let database = try TestDatabase.current.connect(as: "trunkline_report", maximumConnections: 1)
        #expect(try await report.run(on: database)[0][0].decode(String.self) == "off")
        await database.close()
    }

    @Test func `reports are read only: views, and functions that change nothing`() async throws {
        let volatile = try await names(
            """
            SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace IN ('hub'::regnamespace, 'report'::regnamespace)
              AND has_function_privilege('trunkline_report', p.oid, 'EXECUTE') AND p.provolatile = 'v'
            """)
        #expect(volatile.isEmpty)
    }

    @Test func `the reporting role may call what its views are made of, and nothing else`() async throws {
        let functions = try await names(
            """
            SELECT p.proname::text FROM pg_proc p
            WHERE p.pronamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND has_function_privilege('trunkline_report', p.oid, 'EXECUTE')
            ORDER BY 1
            """)
        #expect(
            functions == [
                "add_buckets", "bloat", "job_errors", "job_hours", "job_percentile", "latency_percentile", "normalise_error",
                "sum_buckets",
                "webhook_hours",
            ])
        // Nor by name: it does not see the schema they are in.
        let rights = try await names(
            """
            SELECT concat_ws(' ', has_schema_privilege(r, 'hub', 'USAGE'), has_schema_privilege(r, 'hub', 'CREATE'), has_schema_privilege(r, 'report', 'USAGE'),
                has_schema_privilege(r, 'report', 'CREATE'), has_schema_privilege(r, 'public', 'CREATE'), (SELECT count(*) FROM pg_auth_members WHERE member = r::regrole))
            FROM (VALUES ('trunkline_report')) AS role (r)
            """)
        #expect(rights == ["f f t f f 0"])
    }

    @Test(arguments: [
        "SELECT * FROM hub.call", "SELECT * FROM hub.job_hour", "SELECT * FROM hub.call_unmatched", "SELECT hub.count_history()",
        "SELECT hub.job_hours(now(), now())", "SELECT nextval('hub.job_seq')", "DELETE FROM report.queue_state",
        "UPDATE report.failures SET jobs = 0", "INSERT INTO report.pauses (reason) VALUES ('mine')",
        "CREATE VIEW report.mine AS SELECT 1", "CREATE TEMPORARY TABLE mine (id integer)",
        "CREATE FUNCTION report.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "COPY report.queue_state TO PROGRAM 'cat'",
        "SELECT pg_read_file('postgresql.conf')",
    ])
    func `the reporting role is refused`(sql: String) async throws {
        let database = try TestDatabase.current.connect(as: "trunkline_report", maximumConnections: 1)
        let error = await #expect(throws: PostgresError.self) { _ = try await database.query(Statement("", sql)) }
        // A view that can't be written to says so before it looks at rights.
        #expect(error?.code == .insufficientPrivilege || error?.code == "55000", "\(String(describing: error?.code))")
        await database.close()
    }

    @Test func `monitoring sees no numbers, names or words of people`() async throws {
        let shown = try await names(
            """
            SELECT c.relname::text FROM pg_class c
            WHERE c.relnamespace = 'report'::regnamespace AND c.relkind = 'v' AND has_table_privilege('trunkline_monitor', c.oid, 'SELECT')
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('number', 'email', 'error', 'enreach_name', 'call_id', 'why'))
            """)
        #expect(shown.isEmpty)
    }
}
