import CallbackSync
import Foundation
import Operations
import Postgres
import Privacy

/// The steps of an erasure, each a transaction of its own that may be repeated.
struct ErasureStore: Sendable {
    let database: Database
    let tenant: Tenant
    let number: ErasableNumber

    static let statements = [
        begin, mark, isClear, callDays, callbackDays, calls, callbacks, directory, routing, texts, waiting, progress, died, find,
        outcomes,
        finish, lift, list, strangers,
    ]

    // MARK: Beginning

    static let begin = Statement(
        "command.erase.begin",
        """
        SELECT erasure, begun_by
        FROM hub.begin_erasure(
            $1, $2, ARRAY(SELECT decode(d, 'hex') FROM unnest($3::text[]) WITH ORDINALITY AS u (d, n) ORDER BY n), $4, $5, $6, $7)
        """)

    static let mark = Statement("command.erase.mark", "SELECT pg_current_xact_id()::text")

    static let isClear = Statement("command.erase.is_clear", "SELECT hub.erasure_is_clear($1)")

    /// Sets the tombstones. Answers the erasure and the transaction after which nobody brings the number in.
    func begin(_ key: PrivacyKey, who: String, why: String, keepsDynamics: Bool) async throws -> (erasure: UUID, begunBy: String)
    {
        let digests = number.digests(key, tenant: tenant.name).map(\.hexadecimal)
        let row = try await database.query(
            Self.begin, [tenant.id, UUID(), digests, key.id, who, why, keepsDynamics])[0]
        return try row.decode(UUID.self, String.self)
    }

    /// A transaction that comes after all those of now.
    func mark() async throws -> String { try await database.query(Self.mark)[0][0].decode(String.self) }

    func isClear(_ begunBy: String) async throws -> Bool {
        try await database.query(Self.isClear, [begunBy])[0][0].decode(Bool.self)
    }

    // MARK: The tables

    /// The days of a table, from step to step in its index.
    private static func days(_ name: String, _ table: String, _ column: String) -> Statement {
        Statement(
            name,
            """
            WITH RECURSIVE days AS (
                (SELECT \(column) AS day FROM \(table) WHERE tenant_id = $1 ORDER BY \(column) LIMIT 1)
                UNION ALL
                SELECT (SELECT t.\(column) FROM \(table) t WHERE t.tenant_id = $1 AND t.\(column) > days.day ORDER BY t.\(column) LIMIT 1)
                FROM days WHERE days.day IS NOT NULL
            )
            SELECT day::text FROM days WHERE day IS NOT NULL
            """)
    }

    static let callDays = days("command.erase.call_days", "hub.call", "call_day")
    static let callbackDays = days("command.erase.callback_days", "hub.callback", "callback_day")

    static let calls = Statement("command.erase.calls", "SELECT hub.erase_calls($1, $2, $3::text::date, $4, $5, $6::text[])")

    static let callbacks = Statement(
        "command.erase.callbacks",
        "SELECT hub.erase_callbacks($1, $2, $3::text::date, $4, $5, $6::text[], $7::text[], $8::text[])")

    static let dayNumbers = Statement(
        "command.erase.day_numbers",
        "SELECT DISTINCT number FROM hub.callback WHERE tenant_id = $1 AND callback_day = $2::text::date AND number IS NOT NULL")

    static let directory = Statement("command.erase.directory", "SELECT hub.erase_directory($1, $2, $3, $4, $5::text[])")

    static let routing = Statement("command.erase.routing", "SELECT hub.erase_routing($1, $2, $3, $4, $5::text[])")

    static let texts = Statement(
        "command.erase.texts", "SELECT hub.erase_texts($1, $2, to_regclass($3), $4, $5, $6::text[], $7::text[])")

    private var written: [any PostgresEncodable] { [number.international, number.significant, number.domestic] }

    func callDays() async throws -> [String] { try await days(Self.callDays) }
    func callbackDays() async throws -> [String] { try await days(Self.callbackDays) }

    private func days(_ statement: Statement) async throws -> [String] {
        try await database.query(statement, [tenant.id]).map { try $0[0].decode(String.self) }
    }

    func calls(of day: String, _ erasure: UUID) async throws -> Int {
        try await database.query(Self.calls, [tenant.id, erasure, day] + written)[0][0].decode(Int.self)
    }

    /// - Parameter lines: job keys by the spelling of the number they were made from. Those of the day's other numbers are added: a request
    ///   that has the number in its note stands in the line of its own.
    func callbacks(of day: String, _ erasure: UUID, lines: [(spelling: String, key: String)]) async throws -> Int {
        let others = try await database.query(Self.dayNumbers, [tenant.id, day]).map { try $0[0].decode(String.self) }
        let lines = lines + others.map { ($0, line($0)) }
        let parameters: [any PostgresEncodable] =
            [tenant.id, erasure, day] + written + [lines.map(\.spelling), lines.map(\.key)]
        return try await database.query(Self.callbacks, parameters)[0][0].decode(Int.self)
    }

    func directory(_ erasure: UUID) async throws -> Int {
        try await database.query(Self.directory, [tenant.id, erasure] + written)[0][0].decode(Int.self)
    }

    func routing(_ erasure: UUID) async throws -> Int {
        try await database.query(Self.routing, [tenant.id, erasure] + written)[0][0].decode(Int.self)
    }

    func texts(in place: NumberFinder.Place, _ erasure: UUID, tokens: [String]) async throws -> Int {
        try await database.query(Self.texts, [tenant.id, erasure, place.relation] + written + [tokens])[0][0].decode(Int.self)
    }
}
