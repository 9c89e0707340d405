import Model
import Postgres
import Runtime
import Tenants

/// A tenant as a check of its vendors sees it: how they are reached, and what of them the tenant uses.
struct VendorTenant: Sendable {
    var configuration: TenantConfiguration
    var settings: Settings
    /// Whether a callback profile is in force.
    var takesCallbacks: Bool
    /// Whether one of them gives the phone call to its queue's owner, who may be a team.
    var asksForQueueOwners: Bool

    var name: String { configuration.name }

    /// The enabled tenants whose entries can be used. What is wrong with an entry is the finding of another check.
    static func all(_ patient: Patient) async throws -> [VendorTenant] {
        let uses = try await patient.database.query(Self.uses).map { try $0.decode(String.self, [String].self) }
        var stored: [String: [(name: String, value: String)]] = [:]
        for row in try await patient.database.query(SettingsCheck.stored) {
            let (tenant, setting, value) = try row.decode(String.self, String.self, String.self)
            stored[tenant, default: []].append((setting, value))
        }
        return patient.programs.elements(of: "tenants").compactMap { try? TenantConfiguration($0) }.compactMap { configuration in
            guard let (name, ownerships) = uses.first(where: { $0.0 == configuration.name }) else { return nil }
            return VendorTenant(
                configuration: configuration, settings: Settings.reading(stored[name] ?? [], version: 0).settings,
                takesCallbacks: !ownerships.isEmpty, asksForQueueOwners: ownerships.contains("queue_owner"))
        }
    }

    static let uses = Statement(
        "command.doctor.vendor_tenants",
        """
        SELECT t.name, array_remove(array_agg(DISTINCT p.ownership_rule), NULL)
        FROM hub.tenant t
        LEFT JOIN hub.callback_profile p ON p.tenant_id = t.tenant_id AND p.enabled AND p.deleted_at IS NULL
        WHERE t.enabled
        GROUP BY t.name
        ORDER BY t.name
        """)
}
