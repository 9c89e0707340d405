import Postgres
import Runtime

/// Whether each tenant of the database has its connections in the configuration, and the other way round.
struct CredentialsCheck: DoctorCheck {
    static let name = "credentials"

    func findings(_ patient: Patient) async throws -> [Finding] {
        guard let path = patient.programs.path else {
            return [.skipped(Self.name, "no configuration file was named: give call-sync's with --config")]
        }
        let enabled = try await patient.database.query(Self.enabled).map { try $0.decode(String.self) }
        return Self.judge(enabled: enabled, configured: patient.programs.elements(of: "tenants").map(\.name), path: path)
    }

    /// - Parameters:
    ///   - enabled: tenants of the database that are switched on.
    ///   - configured: tenants of the configuration, whose secrets were read when it was loaded.
    static func judge(enabled: [String], configured: [String], path: String) -> [Finding] {
        let unconfigured = enabled.filter { !configured.contains($0) }.map { tenant in
            Finding.failure(
                name, "tenant \(tenant) is enabled and has no entry in \(path)",
                remedy: "add it under tenants:, or run `trunkline tenants disable \(tenant)`")
        }
        let unknown = configured.filter { !enabled.contains($0) }.map { tenant in
            Finding.warning(
                name, "tenant \(tenant) stands in \(path) and is not an enabled tenant of this database",
                remedy: "run `trunkline tenants add \(tenant)` or `trunkline tenants enable \(tenant)`")
        }
        let findings = unconfigured + unknown
        return findings.isEmpty ? [.ok(name, "\(configured.count) tenants, each with its entry in \(path)")] : findings
    }

    static let enabled = Statement(
        "command.doctor.enabled", "SELECT name FROM hub.tenant WHERE enabled ORDER BY name")
}
