import Foundation
import Postgres

@testable import Jobs

/// The job table as a test drives it: each call is one function of the schema, on a connection or a pool.
struct JobTable {
    let run: @Sendable (String, [any PostgresEncodable]) async throws -> Rows

    init(_ database: Database) { run = { try await database.query(Statement("", $0), $1) } }
    init(_ connection: Connection) { run = { try await connection.query(Statement("", $0), $1) } }

    struct Claim: Sendable {
        var id: Int64
        var seq: Int64
        var tenant: Int32
        var lane: Int16
        var attempts: Int16
        var isSolo: Bool
        var isHeld: Bool
        var key: String?
    }

    func enter(lease: Duration = .seconds(3600), queue: String = "default") async throws -> Int32 {
        try await run("SELECT hub.job_enter('test', 'here', 1, hub.job_queue_id($1), 8, $2::interval)", [queue, lease])[0].decode(
            Int32.self)
    }

    @discardableResult
    func add(
        _ kind: String = "a", tenant: Int32 = 1, key: String? = nil, newestOnly: Bool = false, unique: String? = nil,
        lane: Int16 = 0,
        inSeconds: Double? = nil, attempts: Int16 = 20
    ) async throws -> Int64 {
        try await run(
            """
            SELECT hub.job_add($1, $2, '{}', $3, $4, $5, $6, now() + $7 * interval '1 s', $8)
            """, [kind, tenant, key, newestOnly, unique, lane, inSeconds, attempts])[0].decode(Int64.self)
    }

    /// Claims from all lines that a look finds, in lane order, from their beginning.
    func claim(_ worker: Int32, _ most: Int32 = 100, each: Int32 = 1000) async throws -> [Claim] {
        try await run(
            """
            SELECT c.id, c.seq, c.tenant_id, c.lane, c.attempts, c.solo, c.held, c.key
            FROM (SELECT array_agg(lane) AS lanes, array_agg(tenant_id) AS tenants, array_agg(0::bigint) AS lows, array_agg($3::integer) AS limits
                  FROM (SELECT * FROM hub.job_lines(hub.job_queue_id('default')) ORDER BY lane, tenant_id) AS l) AS line,
                 hub.job_claim($1, hub.job_queue_id('default'), $2, line.lanes, line.tenants, line.lows, line.limits) AS c
            ORDER BY c.lane, c.tenant_id, c.seq
            """, [worker, most, each]
        ).map { row in
            let (id, seq, tenant, lane, attempts, solo, held, key) = try row.decode(
                Int64.self, Int64.self, Int32.self, Int16.self, Int16.self, Bool.self, Bool.self, String?.self)
            return Claim(
                id: id, seq: seq, tenant: tenant, lane: lane, attempts: attempts, isSolo: solo, isHeld: held, key: key)
        }
    }

    /// Returns the ids that were refused.
    @discardableResult
    func complete(_ worker: Int32, _ claims: [Claim]) async throws -> [Int64] {
        let refused: [Int64]? = try await run(
            "SELECT hub.job_complete($1, $2, $3, $4)",
            [worker, claims.map(\.id), claims.map(\.seq), claims.map { _ in Int32(1) }]
        )[0][0].decode()
        return refused ?? []
    }

    @discardableResult
    func fail(
        _ worker: Int32, _ claims: [Claim], _ outcome: String, delay: Duration? = .seconds(1000), counts: Bool = true,
        solo: Bool = false, withError: Bool = true
    ) async throws -> [Int64] {
        let refused: [Int64]? = try await run(
            "SELECT hub.job_fail($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            [
                worker, claims.map(\.id), claims.map(\.seq), claims.map { _ in outcome },
                claims.map { _ in delay.map { $0.components.seconds * 1000 } }, claims.map { _ in counts },
                claims.map { _ in solo },
                claims.map { _ in Int32(1) },
                claims.map { _ in withError ? JSONB(#"{"code":"test","message":"as asked"}"#) : nil },
                claims.map { _ in String?.none },
            ]
        )[0][0].decode()
        return refused ?? []
    }

    /// The state of a job as hub.jobs has it; nil when it is nowhere, and all of them when it is in several places.
    func state(_ id: Int64) async throws -> String? {
        let states = try await run("SELECT state FROM hub.jobs WHERE id = $1", [id]).map { try $0.decode(String.self) }
        return states.isEmpty ? nil : states.joined(separator: "+")
    }

    func value<T: PostgresDecodable>(_ sql: String, _ parameters: [any PostgresEncodable] = [], as type: T.Type = T.self)
        async throws -> T
    {
        try await run(sql, parameters)[0][0].decode(T.self)
    }

    func script(_ sql: String, _ parameters: [any PostgresEncodable] = []) async throws { _ = try await run(sql, parameters) }

    /// Time passes for jobs that wait for it.
    func jump() async throws {
        try await script("UPDATE hub.job_later SET run_at = run_at - interval '1 day' WHERE run_at < 'infinity'")
    }

    /// A worker's lease runs out.
    func expire(_ worker: Int32) async throws {
        try await script("UPDATE hub.worker SET expires_at = now() - interval '1 s' WHERE worker_id = $1", [worker])
    }
}

/// A generator of random numbers that a seed determines.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
