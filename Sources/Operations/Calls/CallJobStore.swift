package import Foundation
import Jobs
import Model
package import Postgres

/// Finds the jobs of a call without a search through the history of all jobs.
///
/// Jobs of a call carry its id as their key. Unfinished ones are found by their key. A finished one is found because it ended
/// in the transaction that wrote the call's timeline: only the moments around its entries are searched.
package struct CallJobStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [ids]

    /// The call's jobs, oldest first.
    package func jobs(of call: CallRow, around moments: [Date]) async throws -> [StoryJob] {
        let ids = try await database.query(Self.ids, [call.tenantID, call.callID.lowercase, moments]).map {
            try $0.decode(Int64.self)
        }
        let admin = JobAdmin(database: database)
        var jobs: [StoryJob] = []
        for id in ids {
            if let job = try await admin.show(id) { jobs.append(StoryJob(job)) }
        }
        return jobs
    }

    /// `OFFSET 0` keeps the moments apart: joined freely, the planner thinks of the whole history read once.
    package static let ids = Statement(
        "command.call.jobs",
        """
        SELECT holder AS id FROM hub.job_key WHERE tenant_id = $1 AND key = $2 AND holder IS NOT NULL
        UNION
        SELECT id FROM hub.job_wait WHERE tenant_id = $1 AND key = $2
        UNION
        SELECT id FROM hub.job_dead WHERE tenant_id = $1 AND key = $2
        UNION
        SELECT d.id
        FROM unnest($3::timestamptz[]) AS moment
        CROSS JOIN LATERAL (
            SELECT j.id FROM hub.job_done j
            WHERE j.finished_at BETWEEN moment - interval '60 s' AND moment + interval '5 s' AND j.tenant_id = $1 AND j.key = $2
            OFFSET 0
        ) AS d
        ORDER BY id
        """)
}

extension StoryJob {
    fileprivate init(_ job: JobRecord) {
        self.init(
            id: job.id, kind: job.kind, state: job.state, attempts: job.attempts, maxAttempts: job.maxAttempts,
            enqueuedAt: job.enqueuedAt, at: job.at, worker: job.worker.map(String.init), note: job.note, error: job.error?.text)
    }
}
