import Foundation
import Operations
import Postgres

/// The workers of the job table, and jobs whose worker is gone.
struct WorkersCheck: DoctorCheck {
    static let name = "workers"

    struct Worker: Sendable, Hashable {
        var number: Int32
        var place: String
        var expiresAt: Date
        var draining: Bool
        var leases: Int64
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let workers = try await patient.database.query(Self.workers).map { row in
            let (number, place, expiresAt, draining, leases) = try row.decode(
                Int32.self, String.self, Date.self, Bool.self, Int64.self)
            return Worker(number: number, place: place, expiresAt: expiresAt, draining: draining, leases: leases)
        }
        let orphans = try await patient.database.query(Self.orphans)[0].decode(Int64.self)
        return Self.judge(workers, orphans: orphans, now: patient.now)
    }

    static func judge(_ workers: [Worker], orphans: Int64, now: Date) -> [Finding] {
        let live = workers.filter { $0.expiresAt > now }
        var findings = workers.filter { $0.expiresAt <= now }.map { worker in
            Finding.warning(
                name,
                "\(worker.place) has not beaten for too long and holds \(worker.leases) jobs "
                    + "(expired \(PlainTime.span(now.timeIntervalSince(worker.expiresAt))) ago)",
                remedy: live.isEmpty
                    ? "start call-sync: nobody is there to take its jobs over" : "others take its jobs over within seconds")
        }
        if orphans > 0 {
            findings.append(
                .warning(
                    name, "\(orphans) jobs are leased to workers that are gone",
                    remedy: "a running call-sync gives them back within seconds"))
        }
        if live.isEmpty {
            findings.append(.failure(name, "no worker runs: no job is done", remedy: "start call-sync"))
        }
        let leases = live.reduce(0) { $0 + $1.leases }
        let draining = live.count(where: \.draining)
        return findings.isEmpty
            ? [.ok(name, "\(live.count) at work" + (draining > 0 ? " (\(draining) stopping)" : "") + ", \(leases) jobs in hand")]
            : findings
    }

    static let workers = Statement(
        "command.doctor.workers",
        """
        SELECT w.worker_id, w.program || ' on ' || w.host || ' (pid ' || w.pid || ')', w.expires_at, w.draining,
               (SELECT count(*) FROM hub.job_lease l WHERE l.worker_id = w.worker_id)
        FROM hub.worker w
        ORDER BY w.worker_id
        """)

    static let orphans = Statement(
        "command.doctor.orphans",
        """
        SELECT count(*) FROM hub.job_lease l
        WHERE NOT EXISTS (SELECT FROM hub.worker w WHERE w.worker_id = l.worker_id)
        """)
}
