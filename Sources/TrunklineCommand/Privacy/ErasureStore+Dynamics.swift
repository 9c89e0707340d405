import CallSync
import CallbackSync
import Foundation
import Jobs
import Operations
import PhoneNumbers
import Postgres
import Privacy

extension ErasureStore {
    /// Phone calls that wait, and that are settled.
    struct Progress: Sendable, Hashable {
        var waiting: Int
        var settled: Int
        var all: Int { waiting + settled }
    }

    static let waiting = Statement(
        "command.erase.waiting",
        """
        SELECT entity, subject_id, job_key FROM hub.erasure_item
        WHERE tenant_id = $1 AND erasure_id = $2 AND outcome IS NULL ORDER BY entity, subject_id
        """)

    static let progress = Statement(
        "command.erase.progress",
        """
        SELECT count(*) FILTER (WHERE outcome IS NULL), count(*) FILTER (WHERE outcome IS NOT NULL)
        FROM hub.erasure_item WHERE tenant_id = $1 AND erasure_id = $2
        """)

    static let died = Statement(
        "command.erase.died",
        """
        SELECT count(*) FROM hub.job_dead d JOIN hub.job_kind k USING (kind_id)
        WHERE d.tenant_id = $1 AND d.died_at > $2 AND k.name IN ('call.erase', 'callback.erase')
        """)

    static let outcomes = Statement(
        "command.erase.outcomes",
        "SELECT outcome, count(*) FROM hub.erasure_item WHERE tenant_id = $1 AND erasure_id = $2 GROUP BY outcome")

    /// Has the programs look after every phone call that waits. One that has its job already gets no second.
    func enqueue(_ erasure: UUID) async throws {
        let jobs = try await database.query(Self.waiting, [tenant.id, erasure]).map { row in
            let (entity, subject, key) = try row.decode(String.self, UUID.self, String.self)
            return entity == "call"
                ? JobKinds.eraseCall(subject, tenant: tenant.id)
                : CallbackJobs.erase(subject, key: key, tenant: tenant.id)
        }
        let queue = JobQueue(database: database)
        for start in stride(from: 0, to: jobs.count, by: 1000) {
            try await queue.enqueue(Array(jobs[start..<min(start + 1000, jobs.count)]))
        }
    }

    func progress(_ erasure: UUID) async throws -> Progress {
        let (waiting, settled) = try await database.query(Self.progress, [tenant.id, erasure])[0].decode(Int.self, Int.self)
        return Progress(waiting: waiting, settled: settled)
    }

    /// Jobs of erasures that were given up since then.
    func died(since: Date) async throws -> Int {
        try await database.query(Self.died, [tenant.id, since])[0][0].decode(Int.self)
    }

    /// Job keys of callback requests by each spelling of the number.
    func lines() -> [(spelling: String, key: String)] { number.spellings.map { ($0, line($0)) } }

    /// The job key of a number's callback requests, however it is stored.
    func line(_ stored: String) -> String {
        CallbackJobs.line(number: NumberReader(region: tenant.region).current(stored), tenantName: tenant.name)
    }
}
