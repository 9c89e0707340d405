import CallSync
import Tenants
import Postgres
import Runtime

/// Whether each tenant of the database has its connections and secrets in the configuration, and the other way round.
struct CredentialsCheck: DoctorCheck {
    static let name = "credentials"

    /// A tenant's entry in the configuration.
    struct Entry: Sendable, Hashable {
        var tenant: String
        /// What is wrong with it; nil when everything is there and can be read.
        var trouble: String?
    }

    func findings(_ patient: Patient) async throws -> [Finding] {
        guard let path = patient.programs.path else {
            return [.skipped(Self.name, patient.noFile)]
        }
        let enabled = try await patient.database.query(Self.enabled).map { try $0.decode(String.self) }
        return Self.judge(enabled: enabled, entries: Self.entries(patient.programs), path: path)
    }

    private static func entries(_ programs: ProgramConfiguration) -> [Entry] {
        programs.elements(of: "tenants").map { entry in
            do throws(ConfigurationError) {
                return Entry(tenant: try TenantConfiguration(entry).name)
            } catch {
                return Entry(tenant: entry.name, trouble: "\(error)")
            }
        }
    }

    /// - Parameter enabled: tenants of the database that are switched on.
    static func judge(enabled: [String], entries: [Entry], path: String) -> [Finding] {
        var findings = entries.compactMap { entry in
            entry.trouble.map { Finding.failure(name, "tenant \(entry.tenant): \($0)") }
        }
        for tenant in enabled where !entries.contains(where: { $0.tenant == tenant }) {
            findings.append(
                .failure(
                    name, "tenant \(tenant) is enabled and has no entry in \(path)",
                    remedy: "add it under tenants:, or run `trunkline tenants disable \(tenant)`"))
        }
        for entry in entries where !enabled.contains(entry.tenant) {
            findings.append(
                .warning(
                    name, "tenant \(entry.tenant) stands in \(path) and is not an enabled tenant of this database",
                    remedy: "run `trunkline tenants add \(entry.tenant)` or `trunkline tenants enable \(entry.tenant)`"))
        }
        return findings.isEmpty ? [.ok(name, "\(entries.count) tenants, each with its entry in \(path)")] : findings
    }

    static let enabled = Statement(
        "command.doctor.enabled", "SELECT name FROM hub.tenant WHERE enabled ORDER BY name")
}
