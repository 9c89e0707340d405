import Model
import Postgres

/// Settings that this program can't read: it goes by their defaults.
struct SettingsCheck: DoctorCheck {
    static let name = "settings"

    func findings(_ patient: Patient) async throws -> [Finding] {
        var stored: [String: [(name: String, value: String)]] = [:]
        for row in try await patient.database.query(Self.stored) {
            let (tenant, setting, value) = try row.decode(String.self, String.self, String.self)
            stored[tenant, default: []].append((setting, value))
        }
        let findings = stored.sorted { $0.key < $1.key }.flatMap { tenant, settings in
            Settings.reading(settings, version: 0).refused.map { refused in
                Finding.warning(
                    Self.name, "\(tenant): \(refused)",
                    remedy: "`trunkline settings set NAME VALUE --tenant \(tenant)`, or --default")
            }
        }
        return findings.isEmpty ? [.ok(Self.name, "every setting can be read")] : findings
    }

    static let stored = Statement(
        "command.doctor.settings",
        "SELECT t.name, s.name, s.value FROM hub.tenant t, LATERAL hub.settings_at(t.tenant_id) s WHERE t.enabled")
}
