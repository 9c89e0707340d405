import Foundation
import Operations
import Postgres

/// Numbers, who carries them, and what was decided: the statements of the command line with their rows read.
struct NumberStore: Sendable {
    let database: Database

    static let statements = [decision, traffic, unlinked]

    struct Ambiguous: Sendable {
        let number: String
        let calls: Int64
        let candidates: Int32
        let firstAt: Date
        let lastAt: Date
    }

    struct Carrier: Sendable {
        let table: String
        let id: UUID
        let name: String?
        let field: String
        let raw: String
        let owner: String?
        let lastInteraction: Date?
    }

    struct Decision: Sendable {
        let number: String
        let table: String?
        let id: UUID?
        let name: String?
        let by: String
        let at: Date
        let why: String?

        var whose: String { table.map { "\($0) \(name ?? id?.uuidString.lowercased() ?? "")" } ?? "nobody" }
    }

    func ambiguous(tenant: Int32, limit: Int) async throws -> [Ambiguous] {
        try await database.query(MatchStore.ambiguous, [tenant, Int64(limit)]).map(Self.ambiguous)
    }

    func ambiguous(_ number: String, tenant: Int32) async throws -> Ambiguous? {
        try await database.query(Self.traffic, [tenant, number]).first.map(Self.ambiguous)
    }

    func carriers(_ number: String, tenant: Int32) async throws -> [Carrier] {
        try await database.query(MatchStore.carriers, [tenant, number]).map { row in
            let (table, id, name, field, raw, owner, last) = try row.decode(
                String.self, UUID.self, String?.self, String.self, String.self, String?.self, Date?.self)
            return Carrier(table: table, id: id, name: name, field: field, raw: raw, owner: owner, lastInteraction: last)
        }
    }

    func decisions(tenant: Int32, limit: Int) async throws -> [Decision] {
        try await database.query(MatchStore.decisions, [tenant, Int64(limit)]).map(Self.decision)
    }

    func decision(_ number: String, tenant: Int32) async throws -> Decision? {
        try await database.query(Self.decision, [tenant, number]).first.map(Self.decision)
    }

    /// The name of an active entry, known by nil or a name; nil when there is no such entry.
    func entry(_ table: String, _ id: UUID, tenant: Int32) async throws -> String?? {
        try await database.query(MatchStore.entry, [tenant, id, table]).first.map { try $0[0].decode(String?.self) }
    }

    /// Calls of the number in the last days whose record is linked to nobody, as far as they are worth counting.
    func unlinked(_ number: String, days: Int, tenant: Int32) async throws -> Count {
        Count(try await database.query(Self.unlinked, [tenant, number, Int32(days)])[0].decode(Int64.self))
    }

    private static func ambiguous(_ row: Row) throws -> Ambiguous {
        let (number, calls, candidates, first, last) = try row.decode(String.self, Int64.self, Int32.self, Date.self, Date.self)
        return Ambiguous(number: number, calls: calls, candidates: candidates, firstAt: first, lastAt: last)
    }

    private static func decision(_ row: Row) throws -> Decision {
        let (number, table, id, name, by, at, why) = try row.decode(
            String.self, String?.self, UUID?.self, String?.self, String.self, Date.self, String?.self)
        return Decision(number: number, table: table, id: id, name: name, by: by, at: at, why: why)
    }

    static let decision = Statement(
        "console.number.decision",
        """
        SELECT d.number, d.chosen_table, d.chosen_id, e.name, d.decided_by, d.decided_at, d.why
        FROM hub.directory_decision d
        LEFT JOIN hub.directory_entry e ON e.tenant_id = d.tenant_id AND e.entry_id = d.chosen_id
        WHERE d.tenant_id = $1 AND d.number = $2
        """)

    static let traffic = Statement(
        "console.number.traffic",
        """
        SELECT number, calls, candidates, first_at, last_at FROM hub.directory_ambiguity
        WHERE tenant_id = $1 AND number = $2
        """)

    static let unlinked = Statement(
        "console.number.unlinked",
        """
        SELECT count(*) FROM (
            SELECT FROM hub.call
            WHERE tenant_id = $1 AND other_number = $2 AND call_day >= current_date - $3::integer
              AND state IN ('written', 'adopted') AND regarding_id IS NULL
            LIMIT \(Count.limit + 1)
        ) AS limited
        """)
}
