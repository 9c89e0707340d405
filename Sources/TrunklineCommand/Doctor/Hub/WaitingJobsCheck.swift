import CallSync
import CallbackSync
import Foundation
import Operations
import Postgres
import UserSync

/// How long the oldest job that may run has been waiting, by the figures that the workers count.
struct WaitingJobsCheck: DoctorCheck {
    static let name = "waiting jobs"
    static let late: TimeInterval = 60
    static let tooLate: TimeInterval = 600

    /// Who works on a queue.
    static let programs = [
        JobKinds.queue: CallSyncProgram.name, CallbackJobs.queue: CallbackSyncProgram.name,
        UserSyncJobs.queue: UserSyncProgram.name,
    ]

    struct Depth: Sendable, Hashable {
        var queue: String
        var kind: String
        var lane: Int16
        var jobs: Int64
        var oldestAt: Date
        var countedAt: Date
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let depths = try await patient.database.query(Self.depths).map { row in
            let (queue, kind, lane, jobs, oldestAt, countedAt) = try row.decode(
                String.self, String.self, Int16.self, Int64.self, Date.self, Date.self)
            return Depth(queue: queue, kind: kind, lane: lane, jobs: jobs, oldestAt: oldestAt, countedAt: countedAt)
        }
        let pauses = try await patient.database.query(Self.pauses).map { try $0.decode(String.self) }
        let running = try await patient.database.query(Self.running).map { try $0.decode(String.self) }
        return Self.judge(depths, pauses: pauses, running: Set(running), now: patient.now)
    }

    /// - Parameter running: the programs of which an instance lives.
    static func judge(_ depths: [Depth], pauses: [String], running: Set<String>, now: Date) -> [Finding] {
        var findings = pauses.map { Finding.warning(name, $0, remedy: "`trunkline jobs resume` when the reason is gone") }
        for depth in depths where depth.lane < 3 {
            let age = now.timeIntervalSince(depth.oldestAt)
            guard age > late else { continue }
            let text = "\(depth.jobs) of kind \(depth.kind) wait, the oldest for \(PlainTime.span(age))"
            let program = programs[depth.queue] ?? "a program that works on queue \(depth.queue)"
            let remedy =
                programs[depth.queue].map { !running.contains($0) } ?? false
                ? "no \(program) runs: start it"
                : "more instances of \(program), or the vendor's limit is reached: see docs/dynamics.md"
            findings.append(age > tooLate ? .failure(name, text, remedy: remedy) : .warning(name, text, remedy: remedy))
        }
        if let oldest = depths.map(\.countedAt).min(), now.timeIntervalSince(oldest) > 300 {
            findings.append(
                .warning(
                    name, "jobs were last counted \(PlainTime.span(now.timeIntervalSince(oldest))) ago",
                    remedy: "no worker runs: start call-sync"))
        }
        if !findings.isEmpty { return findings }
        let waiting = depths.reduce(0) { $0 + $1.jobs }
        let oldest = depths.map { now.timeIntervalSince($0.oldestAt) }.max()
        return [.ok(name, waiting == 0 ? "none" : "\(waiting), the oldest for \(PlainTime.span(oldest ?? 0))")]
    }

    static let depths = Statement(
        "command.doctor.depths",
        """
        SELECT q.name, k.name, d.lane, d.jobs, d.oldest_at, d.counted_at
        FROM hub.job_depth d
        JOIN hub.job_queue q USING (queue_id)
        JOIN hub.job_kind k USING (kind_id)
        WHERE d.state = 'ready' AND d.jobs > 0
        ORDER BY d.oldest_at
        """)

    static let running = Statement(
        "command.doctor.running",
        """
        SELECT DISTINCT program FROM hub.instance WHERE stopped_at IS NULL AND seen_at > now() - interval '1 minute'
        """)

    static let pauses = Statement(
        "command.doctor.pauses",
        """
        SELECT format('%s of %s paused by %s for %s: %s',
                      coalesce(k.name, 'every kind'), coalesce(t.name, 'every tenant'), p.paused_by,
                      date_trunc('second', now() - p.paused_at), coalesce(p.reason, 'no reason given'))
        FROM hub.job_pause p
        LEFT JOIN hub.job_kind k USING (kind_id)
        LEFT JOIN hub.tenant t USING (tenant_id)
        ORDER BY p.paused_at
        """)
}
