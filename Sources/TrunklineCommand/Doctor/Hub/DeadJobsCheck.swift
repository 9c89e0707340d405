import Postgres

/// The dead letter: what was given up and waits for an operator.
struct DeadJobsCheck: DoctorCheck {
    static let name = "dead jobs"
    /// More are not counted.
    static let most = 10_000

    struct Group: Sendable, Hashable {
        var kind: String
        var code: String?
        var jobs: Int64
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        let groups = try await patient.database.query(Self.groups, [Int32(Self.most)]).map { row in
            let (kind, code, jobs) = try row.decode(String.self, String?.self, Int64.self)
            return Group(kind: kind, code: code, jobs: jobs)
        }
        return Self.judge(groups)
    }

    static func judge(_ groups: [Group]) -> [Finding] {
        guard !groups.isEmpty else { return [.ok(name, "none")] }
        return groups.prefix(5).map { group in
            .warning(
                name, "\(group.jobs) of kind \(group.kind): \(group.code ?? "no code")",
                remedy: "`trunkline jobs list --state dead --kind \(group.kind)`, then `trunkline jobs retry` or `cancel`")
        }
    }

    static let groups = Statement(
        "command.doctor.dead_jobs",
        """
        SELECT k.name, d.code, count(*)
        FROM (SELECT kind_id, error ->> 'code' AS code FROM hub.job_dead LIMIT $1) d
        JOIN hub.job_kind k USING (kind_id)
        GROUP BY k.name, d.code
        ORDER BY count(*) DESC
        """)
}
