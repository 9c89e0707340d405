import Directory
package import Foundation
import Jobs
package import Model
package import Postgres

/// Ambiguous numbers, who carries them, and decisions about them.
package struct MatchStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [ambiguous, carriers, decisions, entry, resync, waits] + DecisionStore.statements

    package static let ambiguous = Statement(
        "command.match.ambiguous",
        """
        SELECT number, calls, candidates, first_at, last_at FROM hub.directory_ambiguity
        WHERE tenant_id = $1 ORDER BY calls DESC, last_at DESC, number LIMIT $2
        """)

    package static let carriers = Statement(
        "command.match.carriers",
        """
        SELECT e.entry_table, e.entry_id, e.name, n.field, n.raw, p.full_name, e.last_interaction_at
        FROM hub.directory_number n
        JOIN hub.directory_entry e USING (tenant_id, entry_id)
        LEFT JOIN hub.person p ON p.tenant_id = e.tenant_id AND p.system_user_id = e.owner_id
        WHERE n.tenant_id = $1 AND n.number = $2
        ORDER BY e.entry_table, e.name, e.entry_id, n.field
        """)

    package static let decisions = Statement(
        "command.match.decisions",
        """
        SELECT d.number, d.chosen_table, d.chosen_id, e.name, d.decided_by, d.decided_at, d.why
        FROM hub.directory_decision d
        LEFT JOIN hub.directory_entry e ON e.tenant_id = d.tenant_id AND e.entry_id = d.chosen_id
        WHERE d.tenant_id = $1 ORDER BY d.decided_at DESC, d.number LIMIT $2
        """)

    package static let entry = Statement(
        "command.match.entry",
        """
        SELECT name FROM hub.directory_entry
        WHERE tenant_id = $1 AND entry_id = $2 AND entry_table = $3 AND is_active
        """)

    package static let resync = Statement(
        "command.match.resync",
        """
        UPDATE hub.directory_load SET resync_wanted = true, resync_reason = 'asked for by ' || $2::text
        WHERE tenant_id = $1 AND phase NOT IN ('new', 'off')
        """)

    /// Whether a phone call of a callback request of the number is open.
    package static let waits = Statement(
        "command.match.waits",
        """
        SELECT EXISTS (
            SELECT FROM hub.callback WHERE tenant_id = $1 AND number = $2 AND state = 'written' AND record_state = 'open')
        """)

    /// Stores a decision; has open callback requests of the number looked at once more and, on request, the calls of past days.
    package func decide(
        _ number: String, _ decision: DirectoryDecision, tenant: Tenant, who: String, note: String?, past: Int?
    ) async throws {
        let queue = JobQueue(database: database)
        let waits = try await database.withTransaction { connection in
            try await DecisionStore.decide(number, decision, by: who, why: note, tenant: tenant.id, on: connection)
            if let past { _ = try await queue.enqueue([Self.applying(number, days: past, tenant: tenant)], on: connection) }
            let waits = try await connection.query(Self.waits, [tenant.id, number])[0][0].decode(Bool.self)
            if waits { _ = try await queue.enqueue([Self.relating(number, tenant: tenant)], on: connection) }
            let chosen: RowReference? = if case .chosen(let row) = decision { row } else { nil }
            let detail = OutputValue.object([
                "chosen": .text(chosen.map { "\($0.table.rawValue)/\($0.id.lowercase)" } ?? "nobody"), "why": .text(note),
                "past_days": .integer(past),
            ])
            try await OperatorActionStore.record(
                .init(tenant: tenant.id, who: who, action: "match.decide", target: number, detail: detail), on: connection)
            return waits
        }
        if waits { await queue.ring(DirectoryJobs.matchCallbacksQueue) }
        if past != nil { await queue.ring(DirectoryJobs.matchCallsQueue) }
    }

    /// False: there was none.
    package func undo(_ number: String, tenant: Tenant, who: String, note: String? = nil) async throws -> Bool {
        try await database.withTransaction { connection in
            guard try await DecisionStore.undo(number, tenant: tenant.id, on: connection) else { return false }
            try await OperatorActionStore.record(
                .init(
                    tenant: tenant.id, who: who, action: "match.undo", target: number,
                    detail: note.map { .object(["why": .text($0 as String)]) } ?? .none), on: connection)
            return true
        }
    }

    /// How many tables.
    package func resync(tenant: Tenant, who: String) async throws -> Int {
        try await database.withTransaction { connection in
            let tables = try await connection.execute(Self.resync, [tenant.id, who])
            try await OperatorActionStore.record(.init(tenant: tenant.id, who: who, action: "match.resync"), on: connection)
            return tables
        }
    }

    /// Has the calls of a number looked at once more.
    private static func applying(_ number: String, days: Int, tenant: Tenant) -> NewJob {
        let since = DataverseTime.text(Date().addingTimeInterval(-86_400 * Double(days))).prefix(10)
        return NewJob(
            kind: DirectoryJobs.matchCalls, tenant: tenant.id,
            payload: JSONB("{\"number\":\"\(number)\",\"since\":\"\(since)\"}"), lane: .late, maxAttempts: 8,
            queue: DirectoryJobs.matchCallsQueue)
    }

    /// Has the open callback requests of a number looked at once more.
    private static func relating(_ number: String, tenant: Tenant) -> NewJob {
        NewJob(
            kind: DirectoryJobs.matchCallbacks, tenant: tenant.id, payload: JSONB("{\"number\":\"\(number)\"}"), lane: .late,
            maxAttempts: 8, queue: DirectoryJobs.matchCallbacksQueue)
    }

    package static func id(_ text: String) throws -> UUID {
        guard let id = UUID(uuidString: text) else { throw OperatorError.usage("\(text) is not the id of a record") }
        return id
    }

    /// - Throws: `OperatorError` for what is no number with its country.
    package static func international(_ text: String) throws -> String {
        guard let number = PhoneNumber(text).e164 else {
            throw OperatorError.usage("\(text) is not a number in international form, such as +31205550101")
        }
        return number
    }
}

extension MatchStore {
    package static func line(ambiguous row: Row) throws -> [OutputValue] {
        let (number, calls, candidates, first, last) = try row.decode(
            String.self, Int64.self, Int32.self, Date.self, Date.self)
        return [.text(number), .integer(calls), .integer(candidates), .time(first), .time(last)]
    }

    package static func line(carrier row: Row) throws -> [OutputValue] {
        let (table, id, name, field, raw, owner, last) = try row.decode(
            String.self, UUID.self, String?.self, String.self, String.self, String?.self, Date?.self)
        return [.text(table), .text(id.lowercase), .text(name), .text(field), .text(raw), .text(owner), .time(last)]
    }

    package static func line(decision row: Row) throws -> [OutputValue] {
        let (number, table, id, name, who, at, why) = try row.decode(
            String.self, String?.self, UUID?.self, String?.self, String.self, Date.self, String?.self)
        return [
            .text(number), .text(table ?? "nobody"), .text(id?.lowercase), .text(name), .text(who), .time(at), .text(why),
        ]
    }
}
