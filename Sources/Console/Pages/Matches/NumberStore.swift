import Foundation
import Operations
import Postgres

/// Numbers, who carries them, and what was decided: the statements of the command line with their rows read.
struct NumberStore: Sendable {
    let database: Database

    static let statements = [ambiguous, decisions, decision, traffic, unlinked]

    struct Ambiguous: Sendable {
        let number: String
        let calls: Int64
        let candidates: Int32
        let firstAt: Date
        let lastAt: Date
        /// Nil outside of a list.
        var key: NumberKey?
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
        /// Nil outside of a list.
        var key: NumberKey?

        var whose: String { table.map { "\($0) \(name ?? id?.uuidString.lowercased() ?? "")" } ?? "nobody" }
    }

    /// Those with the most calls first.
    ///
    /// - Parameter digits: in the number; nil: any.
    func ambiguous(tenant: Int32, digits: String?, after: NumberKey?, limit: Int) async throws -> [Ambiguous] {
        try await database.query(
            Self.ambiguous, [tenant, Int32(limit), digits, after?.calls, after?.micros, after?.number]
        ).map { row in
            let (number, calls, candidates, first, last, micros) = try row.decode(
                String.self, Int64.self, Int32.self, Date.self, Date.self, Int64.self)
            return Ambiguous(
                number: number, calls: calls, candidates: candidates, firstAt: first, lastAt: last,
                key: NumberKey(calls: calls, micros: micros, number: number))
        }
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

    /// Newest first.
    func decisions(tenant: Int32, digits: String?, after: NumberKey?, limit: Int) async throws -> [Decision] {
        try await database.query(Self.decisions, [tenant, Int32(limit), digits, after?.micros, after?.number]).map { row in
            let (number, table, id, name, by, at, why, micros) = try row.decode(
                String.self, String?.self, UUID?.self, String?.self, String.self, Date.self, String?.self, Int64.self)
            return Decision(
                number: number, table: table, id: id, name: name, by: by, at: at, why: why,
                key: NumberKey(calls: 0, micros: micros, number: number))
        }
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

    static let ambiguous = Statement(
        "console.number.ambiguous",
        """
        SELECT number, calls, candidates, first_at, last_at, (extract(epoch FROM last_at) * 1000000)::bigint
        FROM hub.directory_ambiguity
        WHERE tenant_id = $1 AND ($3::text IS NULL OR position($3 IN number) > 0)
          AND ($4::bigint IS NULL
               OR (calls, last_at, number) < ($4, 'epoch'::timestamptz + $5::bigint * interval '1 microsecond', $6::text))
        ORDER BY calls DESC, last_at DESC, number DESC LIMIT $2
        """)

    static let decisions = Statement(
        "console.number.decisions",
        """
        SELECT d.number, d.chosen_table, d.chosen_id, e.name, d.decided_by, d.decided_at, d.why,
               (extract(epoch FROM d.decided_at) * 1000000)::bigint
        FROM hub.directory_decision d
        LEFT JOIN hub.directory_entry e ON e.tenant_id = d.tenant_id AND e.entry_id = d.chosen_id
        WHERE d.tenant_id = $1 AND ($3::text IS NULL OR position($3 IN d.number) > 0)
          AND ($4::bigint IS NULL
               OR (d.decided_at, d.number) < ('epoch'::timestamptz + $4::bigint * interval '1 microsecond', $5::text))
        ORDER BY d.decided_at DESC, d.number DESC LIMIT $2
        """)

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

/// Where a page of numbers ends: by calls and the latest of them, or by when it was decided.
struct NumberKey: Sendable {
    /// 0 among decisions.
    let calls: Int64
    /// Since 1970, exactly as the database keeps it.
    let micros: Int64
    let number: String

    init(calls: Int64, micros: Int64, number: String) { (self.calls, self.micros, self.number) = (calls, micros, number) }

    init?(_ text: String?) {
        guard let parts = text?.split(separator: "~"), parts.count == 3, let calls = Int64(parts[0]), let micros = Int64(parts[1])
        else { return nil }
        self.init(calls: calls, micros: micros, number: String(parts[2]))
    }

    var text: String { "\(calls)~\(micros)~\(number)" }
}
