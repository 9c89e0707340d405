import Model
package import Postgres

/// What the database knows of tenants.
package struct TenantStore: Sendable {
    package struct Row: Sendable {
        let id: Int32
        let name: String
        let isEnabled: Bool
        let region: String?
        let settingVersion: Int32
        let peopleVersion: Int32
        let peopleAreKnown: Bool
        let erasureVersion: Int32

        init(_ row: Postgres.Row) throws {
            (id, name, isEnabled, region, settingVersion, peopleVersion, peopleAreKnown, erasureVersion) = try row.decode(
                Int32.self, String.self, Bool.self, String?.self, Int32.self, Int32.self, Bool.self, Int32.self)
        }
    }

    package static let find = Statement(
        "tenant_by_id",
        """
        SELECT tenant_id, name, enabled, region, setting_version, people_version, people_at IS NOT NULL, erasure_version
        FROM hub.tenant WHERE tenant_id = $1
        """)
    package static let all = Statement(
        "tenants_all",
        """
        SELECT tenant_id, name, enabled, region, setting_version, people_version, people_at IS NOT NULL, erasure_version
        FROM hub.tenant ORDER BY tenant_id
        """)
    package static let named = Statement("tenant_named", "SELECT tenant_id FROM hub.tenant WHERE name = $1 AND enabled")
    package static let settings = Statement("tenant_settings", "SELECT name, value FROM hub.settings_at($1, $2)")
    package static let people = Statement(
        "tenant_people",
        """
        SELECT system_user_id, enreach_user_id, full_name, email, mobile_raw, disabled
        FROM hub.person WHERE tenant_id = $1
        """)
    package static let ownNumbers = Statement(
        "tenant_own_numbers", "SELECT number, kind, enreach_id, label FROM hub.own_number WHERE tenant_id = $1")
    /// Where the tenant's Dynamics is, for who shows links into it.
    package static let environment = Statement(
        "tenant_environment",
        "UPDATE hub.tenant SET dynamics_url = $2 WHERE tenant_id = $1 AND dynamics_url IS DISTINCT FROM $2")
    package static let statements = [find, all, named, settings, people, ownNumbers, environment]
}
