package import Foundation
package import Jobs
package import Postgres

/// What is known of a job's life, moment by moment.
///
/// The job table keeps when a job was enqueued, which attempts failed, and what it is at now. What else came of them stands in the timeline
/// of the call or callback that it works on, where it works on one.
package struct JobStory: Sendable {
    package struct Moment: Sendable {
        package enum Kind: Sendable {
            case enqueued, event, failure, state
        }

        package let at: Date
        package let kind: Kind
        /// The event's or the state's name.
        package let name: String
        package let reason: String?
        package let instance: String?
        package let detail: String?
    }

    package let job: JobRecord
    /// Oldest first.
    package let moments: [Moment]
}

/// Reads jobs' stories.
package struct JobStoryStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [events]

    /// Nil: there is no such job, or its history was dropped.
    package func story(_ id: Int64) async throws -> JobStory? {
        guard let job = try await JobAdmin(database: database).show(id) else { return nil }
        let failures = job.failedAttempts.map(Self.failure)
        var moments = [
            JobStory.Moment(at: job.enqueuedAt, kind: .enqueued, name: "enqueued", reason: nil, instance: nil, detail: nil)
        ]
        moments += failures
        if let subject = job.subject?.id ?? job.key.flatMap({ UUID(uuidString: $0) }) {
            let end = ["done", "cancelled", "superseded"].contains(job.state) || job.state == "dead" ? job.at : nil
            moments += try await database.query(Self.events, [job.tenant, subject, job.enqueuedAt, end]).map { row in
                let (at, event, reason, instance, detail) = try row.decode(
                    Date.self, String.self, String?.self, String?.self, String?.self)
                return JobStory.Moment(at: at, kind: .event, name: event, reason: reason, instance: instance, detail: detail)
            }.filter { event in
                // Written in the transaction that notes the attempt: told once.
                event.name != "retry" || !failures.contains { abs($0.at.timeIntervalSince(event.at)) < 1 }
            }
        }
        if let at = job.at {
            moments.append(
                JobStory.Moment(
                    at: at, kind: .state, name: job.state, reason: job.note, instance: job.worker.map { "worker \($0)" },
                    detail: nil))
        }
        return JobStory(job: job, moments: moments.sorted { $0.at < $1.at })
    }

    private static func failure(_ attempt: JobError.Attempt) -> JobStory.Moment {
        JobStory.Moment(
            at: attempt.at, kind: .failure, name: attempt.number.map { "attempt \($0)" } ?? "an attempt", reason: attempt.line,
            instance: attempt.worker.map { "worker \($0)" }, detail: nil)
    }

    package static let events = Statement(
        "command.job.events",
        """
        SELECT l.at, l.event, l.reason, i.program || ' on ' || i.host || ' (pid ' || i.pid || ')', l.detail::text
        FROM hub.timeline l LEFT JOIN hub.instance i USING (instance_id)
        WHERE l.tenant_id = $1 AND l.subject_id = $2 AND l.at >= $3::timestamptz - interval '1 s'
          AND l.at <= coalesce($4::timestamptz + interval '5 s', 'infinity')
        ORDER BY l.at, l.seq LIMIT 500
        """)
}
