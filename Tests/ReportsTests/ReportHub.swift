import Foundation
import Postgres
import Reports
import TestSupport

/// A database of one test, with one tenant, and its reports as the reporting role reads them.
struct ReportHub {
    let database: Database
    private let reader: Database

    /// A fresh database with the tenant `acme` (number 1).
    static func with<R>(_ body: (ReportHub) async throws -> R) async throws -> R {
        let test = try await TestDatabase.current.fresh()
        let hub = ReportHub(database: test.connect(), reader: test.connect(as: "trunkline_report", maximumConnections: 2))
        do {
            try await hub.run("INSERT INTO hub.tenant (name, region) VALUES ('acme', 'FI')")
            let result = try await body(hub)
            await hub.close()
            return result
        } catch {
            await hub.close()
            throw error
        }
    }

    private func close() async {
        await database.close()
        await reader.close()
    }

    /// Statements of the superuser, in one transaction.
    func run(_ sql: String) async throws { try await database.withConnection { try await $0.run(script: sql) } }

    /// The first value of a query of the superuser.
    func value<T: PostgresDecodable>(_ sql: String, as: T.Type = T.self) async throws -> T {
        try await database.query(Statement("", sql))[0][0].decode(T.self)
    }

    /// What a query over the views says, as text, for the reporting role: one text a row, values with a bar between them.
    func view(_ sql: String) async throws -> [String] {
        try await reader.query(
            Statement(
                "",
                "SELECT concat_ws('|', VARIADIC ARRAY(SELECT coalesce(value, '-') FROM json_each_text(row_to_json(r)))) FROM (\(sql)) AS r"
            )
        )
        .map { try $0[0].decode(String.self) }
    }

    /// The rows of a report, as the reporting role.
    func report(_ name: String, since: Since? = nil) async throws -> Rows {
        guard let report = Report.named(name) else { throw MissingReport(name: name) }
        return try await report.run(since: since, on: reader)
    }

    /// Counts all hours and days that are over, as housekeeping does.
    func countHistory() async throws {
        while try await value("SELECT hub.count_history()", as: Int32.self) > 0 {}
    }

    /// Calls of today, all in one state.
    func addCalls(_ ids: ClosedRange<Int>, state: String = "pending", reason: String? = nil) async throws {
        try await run(
            """
            WITH added AS (
                INSERT INTO hub.call (tenant_id, call_id, call_day, state, reason, privacy, direction, answered, started_at, talk_seconds,
                                      other_number, legs, content_hash, activity_id)
                SELECT 1, md5('call ' || n)::uuid, (now() AT TIME ZONE 'UTC')::date, '\(state)', \(reason.map { "'\($0)'" } ?? "NULL"), 'work',
                    'inbound', true, now(), 60, '+35840' || 1000000 + n, '[]', n, md5('activity ' || n)::uuid
                FROM generate_series(\(ids.lowerBound), \(ids.upperBound)) n
                RETURNING call_day
            )
            INSERT INTO hub.call_intake AS i (tenant_id, call_day, seen) SELECT 1, call_day, count(*) FROM added GROUP BY call_day
            ON CONFLICT (tenant_id, call_day) DO UPDATE SET seen = i.seen + excluded.seen
            """)
    }

    /// Changes some of them.
    func change(_ ids: ClosedRange<Int>, _ assignments: String) async throws {
        try await run(
            """
            UPDATE hub.call SET \(assignments) WHERE tenant_id = 1
            AND call_id = ANY (ARRAY(SELECT md5('call ' || n)::uuid FROM generate_series(\(ids.lowerBound), \(ids.upperBound)) n))
            """)
    }

    struct MissingReport: Error { let name: String }
}
