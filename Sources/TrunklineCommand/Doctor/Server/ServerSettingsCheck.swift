import Postgres

/// Settings of the server without which the hub loses data or slows down for ever.
struct ServerSettingsCheck: DoctorCheck {
    static let name = "server"

    func findings(_ patient: Patient) async throws -> [Finding] {
        let rows = try await patient.database.query(Self.settings)
        return Self.judge(
            Dictionary(uniqueKeysWithValues: try rows.map { try $0.decode(String.self, String.self) }))
    }

    static func judge(_ settings: [String: String]) -> [Finding] {
        var findings: [Finding] = []
        if settings["fsync"] == "off" {
            findings.append(.failure(name, "fsync is off: a crash of the machine loses calls", remedy: "set fsync = on"))
        }
        if settings["full_page_writes"] == "off" {
            findings.append(
                .warning(name, "full_page_writes is off: a crash can tear pages", remedy: "set full_page_writes = on"))
        }
        if settings["synchronous_commit"] == "off" {
            findings.append(
                .warning(
                    name, "synchronous_commit is off: a crash loses the last moments' work, which is then done again",
                    remedy: "set synchronous_commit = on"))
        }
        if settings["autovacuum"] == "off" || settings["track_counts"] == "off" {
            findings.append(
                .failure(
                    name, "autovacuum does not run: tables grow without end",
                    remedy: "set autovacuum = on and track_counts = on"))
        }
        return findings.isEmpty ? [.ok(name, "fsync, full_page_writes, synchronous_commit and autovacuum are on")] : findings
    }

    static let settings = Statement(
        "command.doctor.settings",
        """
        SELECT name, setting FROM pg_settings
        WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum', 'track_counts')
        """)
}
