import CallSync
package import Foundation
import Jobs
import Model
package import Postgres

/// Gives a dead call another attempt: its dead job begins again or, where none is left, a new one is made.
package struct CallRetry: Sendable {
    package let database: Database
    package let who: String

    package init(database: Database, who: String) {
        self.database = database
        self.who = who
    }

    package static let statements = [find, story]

    /// Says what was done.
    ///
    /// - Throws: `OperatorError` when there is no such call, or nothing to retry about it.
    package func retry(_ call: UUID) async throws -> String {
        let name = call.lowercase
        let found = try await find(call)
        guard !found.isEmpty else {
            throw OperatorError.failed("the hub knows no call \(name): it never saw one, or has forgotten it by CallRetention")
        }
        let dead = found.filter { $0.state == .dead && $0.reason != StateReason.unreadable.rawValue }
        guard let chosen = dead.first else {
            throw OperatorError.failed(
                found[0].state == .dead
                    ? "call \(name) can't be read, so there is nothing to write; it is taken in when Enreach tells of it anew"
                    : "call \(name) is \(found[0].state.rawValue), not dead: `trunkline why \(name)` tells its story")
        }
        if !chosen.deadJobs.isEmpty {
            let retried = try await JobAdmin(database: database).retry(chosen.deadJobs) { connection, retried in
                try await note(call, tenant: chosen.tenant, jobs: retried, on: connection)
            }
            guard !retried.isEmpty else {
                throw OperatorError.failed("call \(name): its dead job is gone, somebody was quicker")
            }
            return "call \(name): job \(retried.map(String.init).joined(separator: ", ")) runs again"
        }
        guard !chosen.hasJob else {
            throw OperatorError.failed("call \(name) has a job under way: `trunkline jobs list --key \(name)` shows it")
        }
        let queue = JobQueue(database: database)
        let jobs = try await database.withTransaction { connection in
            let jobs = try await queue.enqueue(
                [JobKinds.writeCall(call, tenant: chosen.tenant, lane: .live)], on: connection)
            try await note(call, tenant: chosen.tenant, jobs: jobs, on: connection)
            return jobs
        }
        await queue.ring(JobKinds.queue)
        return "call \(name): its job was gone, job \(jobs[0]) was made"
    }

    /// Who asked, in the call's story and among the operators' actions.
    private func note(_ call: UUID, tenant: Int32, jobs: [Int64], on connection: Connection) async throws {
        guard !jobs.isEmpty else { return }
        try await connection.execute(Self.story, [tenant, call, TimelineEvent.revived.rawValue, who])
        try await OperatorActionStore.record(
            .init(
                tenant: tenant, who: who, action: "call.retry", target: call.lowercase,
                detail: .object(["jobs": .list(jobs.map { .integer($0) })])),
            on: connection)
    }

    private struct Found {
        let tenant: Int32
        let state: CallState
        let reason: String?
        let deadJobs: [Int64]
        let hasJob: Bool
    }

    private func find(_ call: UUID) async throws -> [Found] {
        try await database.query(Self.find, [call, call.lowercase]).map { row in
            let (tenant, state, reason, deadJobs, hasJob) = try row.decode(
                Int32.self, String.self, String?.self, [Int64].self, Bool.self)
            return Found(
                tenant: tenant, state: CallState(rawValue: state) ?? .pending, reason: reason, deadJobs: deadJobs, hasJob: hasJob)
        }
    }

    package static let find = Statement(
        "command.call.retry.find",
        """
        SELECT c.tenant_id, c.state, c.reason,
               ARRAY(SELECT d.id FROM hub.job_dead d JOIN hub.job_kind k USING (kind_id)
                     WHERE d.tenant_id = c.tenant_id AND d.key = $2 AND k.name IN ('call.write', 'call.withdraw')
                     ORDER BY d.id),
               EXISTS (SELECT FROM hub.job_key k WHERE k.tenant_id = c.tenant_id AND k.key = $2)
        FROM hub.tenant t
        JOIN hub.call c ON c.tenant_id = t.tenant_id AND c.call_id = $1
        ORDER BY c.state <> 'dead', c.tenant_id
        """)

    package static let story = Statement(
        "command.call.retry.story",
        """
        INSERT INTO hub.timeline (tenant_id, entity, subject_id, event, detail)
        VALUES ($1, 'call', $2, $3, jsonb_build_object('who', $4::text))
        """)
}
