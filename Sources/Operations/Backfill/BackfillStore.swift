import CallSync
package import Foundation
import Jobs
package import Postgres

/// Reads and steers backfills.
package struct BackfillStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [list, start, change, stateOf]

    /// What an operator can do to a backfill.
    package enum Verb: String, Sendable {
        case pause, resume, cancel

        /// States in which it can be done.
        package var from: [String] {
            switch self {
            case .pause: ["running"]
            case .resume: ["paused"]
            case .cancel: ["running", "paused"]
            }
        }

        package var to: String {
            switch self {
            case .pause: "paused"
            case .resume: "running"
            case .cancel: "cancelled"
            }
        }
    }

    /// The newest backfills.
    package func list(tenant: Int32? = nil, id: Int64? = nil, limit: Int) async throws -> [BackfillRow] {
        try await database.query(Self.list, [tenant, id, Int32(limit)]).map(BackfillRow.init(row:))
    }

    /// Asks for the calls of a stretch of time; returns the backfill's number.
    package func start(tenant: Tenant, from: Date, to: Date, who: String) async throws -> Int64 {
        let id = try await database.withTransaction { connection in
            let id = try await connection.query(Self.start, [tenant.id, from, to, who])[0].decode(Int64.self)
            try await enqueue(backfill: id, tenant: tenant.id, on: connection)
            let stretch = OutputValue.object(["from": .time(from), "to": .time(to)])
            try await OperatorActionStore.record(
                .init(tenant: tenant.id, who: who, action: "backfill.start", target: "\(id)", detail: stretch), on: connection)
            return id
        }
        await JobQueue(database: database).ring(JobKinds.queue)
        return id
    }

    /// Pauses, resumes or cancels a backfill.
    ///
    /// - Throws: `OperatorError` when there is none of that number, or it is in a state that does not allow it.
    package func set(_ verb: Verb, id: Int64, who: String) async throws {
        try await database.withTransaction { connection in
            guard let row = try await connection.query(Self.change, [id, verb.from, verb.to]).first else {
                let state = try await connection.query(Self.stateOf, [id]).first?.decode(String.self)
                throw OperatorError.failed(state.map { "backfill \(id) is \($0)" } ?? "there is no backfill \(id)")
            }
            let tenant = try row.decode(Int32.self)
            if verb == .resume { try await enqueue(backfill: id, tenant: tenant, on: connection) }
            try await OperatorActionStore.record(
                .init(tenant: tenant, who: who, action: "backfill.\(verb.rawValue)", target: "\(id)"), on: connection)
        }
        if verb == .resume { await JobQueue(database: database).ring(JobKinds.queue) }
    }

    /// Promises the work: one job goes through the slices. A second one of the same backfill waits for it and finds what it left,
    /// so that a backfill resumed while its job is just ending has one.
    private func enqueue(backfill: Int64, tenant: Int32, on connection: Connection) async throws {
        let name = "backfill/\(backfill)"
        let job = NewJob(
            kind: JobKinds.backfill, tenant: tenant, payload: JSONB("{\"backfill\":\(backfill)}"), key: name, lane: .backfill,
            queue: JobKinds.queue)
        _ = try await JobQueue(database: database).enqueue([job], on: connection)
    }

    package static let start = Statement(
        "command.backfill.start",
        """
        INSERT INTO hub.backfill (tenant_id, from_at, to_at, read_until, requested_by)
        VALUES ($1, $2, $3, $2, $4)
        RETURNING backfill_id
        """)

    package static let change = Statement(
        "command.backfill.change",
        """
        UPDATE hub.backfill
        SET state = $3,
            changed_at = now(),
            running_before = running_before + coalesce(now() - running_since, '0'),
            running_since = CASE WHEN $3 = 'running' THEN now() END
        WHERE backfill_id = $1 AND state = ANY ($2)
        RETURNING tenant_id
        """)

    package static let stateOf = Statement(
        "command.backfill.state",
        "SELECT state FROM hub.backfill WHERE backfill_id = $1")

    /// The row, for the figures that `status` prints. Waiting calls are counted up to a bound: the count is for people. Days
    /// without any are passed over: they may have millions of others.
    package static let list = Statement(
        "command.backfill.list",
        """
        SELECT t.name, b.tenant_id, b.backfill_id, b.from_at, b.to_at, b.read_until, b.state, b.seen, b.fresh,
               (SELECT count(*) FROM (
                    SELECT FROM hub.call c
                    WHERE c.tenant_id = b.tenant_id AND c.backfill_id = b.backfill_id AND c.state = 'pending'
                    AND c.call_day IN (
                        SELECT t.call_day FROM hub.call_tally t
                        WHERE t.tenant_id = b.tenant_id AND t.state = 'pending' GROUP BY t.call_day HAVING sum(t.calls) > 0
                        UNION ALL
                        SELECT i.call_day FROM hub.call_intake i WHERE i.tenant_id = b.tenant_id AND NOT i.tallied
                    )
                    LIMIT \(BackfillRow.mostPending)
                ) pending),
               b.requested_by, b.requested_at,
               extract(epoch FROM b.running_before + coalesce(now() - b.running_since, '0'))::float8,
               CASE b.state WHEN 'read' THEN extract(epoch FROM now() - b.changed_at)::float8 ELSE 0 END, b.error_text
        FROM hub.backfill b
        JOIN hub.tenant t USING (tenant_id)
        WHERE b.tenant_id = coalesce($1, b.tenant_id) AND b.backfill_id = coalesce($2, b.backfill_id)
        ORDER BY b.backfill_id DESC
        LIMIT $3
        """)
}

extension BackfillRow {
    fileprivate init(row: Row) throws {
        (
            tenant, tenantID, id, from, to, readUntil, state, seen, fresh, pending, requestedBy, requestedAt, workedSeconds,
            secondsSinceRead, errorText
        ) = try row.decode(
            String.self, Int32.self, Int64.self, Date.self, Date.self, Date.self, String.self, Int64.self, Int64.self, Int64.self,
            String.self, Date.self, Double.self, Double.self, String?.self)
    }
}
