import Foundation
import Operations
import Postgres

/// The programs that run, by their last signs of life.
struct InstancesCheck: DoctorCheck {
    static let name = "instances"
    /// A running program gives a sign of life far more often.
    static let silence: TimeInterval = 60

    struct Instance: Sendable, Hashable {
        var program: String
        var version: String
        var place: String
        var seenAt: Date
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let instances = try await patient.database.query(Self.instances).map { row in
            let (program, version, place, seenAt) = try row.decode(String.self, String.self, String.self, Date.self)
            return Instance(program: program, version: version, place: place, seenAt: seenAt)
        }
        return Self.judge(instances, now: patient.now)
    }

    static func judge(_ instances: [Instance], now: Date) -> [Finding] {
        let alive = instances.filter { now.timeIntervalSince($0.seenAt) <= silence }
        var findings: [Finding] = []
        for lost in instances where now.timeIntervalSince(lost.seenAt) > silence {
            findings.append(
                .warning(
                    name,
                    "\(lost.program) on \(lost.place) was last seen \(PlainTime.span(now.timeIntervalSince(lost.seenAt))) ago and did not stop in order",
                    remedy: "it was killed or hangs; others have taken its work over"))
        }
        let versions = Set(alive.map(\.version))
        if versions.count > 1 {
            findings.append(
                .warning(
                    name, "several versions run at once: \(versions.sorted().joined(separator: ", "))",
                    remedy: "finish the upgrade"))
        }
        let counts = Dictionary(grouping: alive, by: \.program).map { "\($0.value.count) × \($0.key)" }.sorted()
        if !alive.contains(where: { $0.program == "call-sync" }) {
            findings.insert(.warning(name, "no call-sync runs: calls stay in Enreach", remedy: "start call-sync"), at: 0)
        }
        return findings.isEmpty ? [.ok(name, counts.joined(separator: ", "))] : findings
    }

    static let instances = Statement(
        "command.doctor.instances",
        """
        SELECT program, version, host || ' (pid ' || pid || ')', seen_at
        FROM hub.instance
        WHERE stopped_at IS NULL AND seen_at > now() - interval '1 hour'
        ORDER BY seen_at DESC
        """)
}
