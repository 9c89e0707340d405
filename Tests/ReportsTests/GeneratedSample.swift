import Foundation
import GeneratedData
import Plans
import Postgres
import Reports
import TestSupport

/// One generated hub for all tests that only read it: small enough to be made in seconds, and taken by the planner for one of full size.
actor GeneratedSample {
    static let shared = GeneratedSample()

    private var made: Task<TestDatabase, any Error>?

    /// Lends a connection of the superuser and one of the reporting role.
    static func read<R>(_ body: (_ all: Database, _ reports: Database) async throws -> R) async throws -> R {
        let test = try await shared.test()
        let (all, reports) = (test.connect(maximumConnections: 2), test.connect(as: "trunkline_report", maximumConnections: 1))
        do {
            let result = try await body(all, reports)
            await all.close()
            await reports.close()
            return result
        } catch {
            await all.close()
            await reports.close()
            throw error
        }
    }

    /// How the server goes about a report there.
    static func plan(of report: Report) async throws -> ReportPlan { try await ReportPlan.of(report, url: shared.test().url) }

    /// How it does on a hub of full size.
    static var recorded: RecordedPlans {
        get throws {
            try RecordedPlans(
                folder: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/plans")
                    .standardizedFileURL)
        }
    }

    /// The server's own housekeeping would find out how small the tables are.
    private static let leaveAlone = """
        DO $$
        DECLARE
            own regclass;
        BEGIN
            FOR own IN SELECT oid FROM pg_class WHERE relnamespace = 'hub'::regnamespace AND relkind = 'r' LOOP
                EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = false)', own);
            END LOOP;
        END $$
        """

    private func test() async throws -> TestDatabase {
        if let made { return try await made.value }
        let making = Task {
            let test = try await TestDatabase.current.fresh()
            let database = test.connect(maximumConnections: 4)
            try await GeneratedHub(Sizes(calls: 60_000, jobs: 120_000), on: database).generate()
            try await database.withConnection { try await $0.run(script: Self.leaveAlone) }
            try await Self.recorded.pretend(on: database)
            await database.close()
            return test
        }
        made = making
        return try await making.value
    }
}
