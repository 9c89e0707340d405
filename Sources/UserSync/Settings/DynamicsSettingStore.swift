import Model
import Postgres

/// Settings that stand in Dynamics, and their way into the hub's history.
enum DynamicsSettingStore {
    static let kept = Statement(
        "dynamics_settings_kept",
        "SELECT name, value, changed_by, replaced, problem FROM hub.dynamics_setting WHERE tenant_id = $1")
    static let stored = Statement("dynamics_settings_stored", "SELECT name, value FROM hub.settings_at($1, NULL)")
    static let replace = Statement(
        "dynamics_settings_replace",
        """
        WITH given AS (
            SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
                AS g (name, value, changed_by, replaced, problem)
        ), gone AS (
            DELETE FROM hub.dynamics_setting s
            WHERE s.tenant_id = $1 AND NOT EXISTS (SELECT FROM given g WHERE g.name = s.name)
        )
        INSERT INTO hub.dynamics_setting AS s (tenant_id, name, value, changed_by, replaced, problem)
        SELECT $1, * FROM given
        ON CONFLICT (tenant_id, name) DO UPDATE SET
            value = excluded.value, changed_by = excluded.changed_by, replaced = excluded.replaced, problem = excluded.problem,
            changed_at = now()
        WHERE (s.value, s.changed_by, s.replaced, s.problem)
            IS DISTINCT FROM (excluded.value, excluded.changed_by, excluded.replaced, excluded.problem)
        """)
    static let change = Statement("dynamics_setting_change", "SELECT hub.change_setting($1, $2, $3, $4, $5)")
    static let statements = [kept, stored, replace, change]

    static func kept(_ database: Database, tenant: Int32) async throws -> [DynamicsSettings.Kept] {
        try await database.query(kept, [tenant]).map { row in
            let (name, value, changedBy, replaced, problem) = try row.decode(
                String.self, String.self, String?.self, String?.self, String?.self)
            return .init(row: .init(name: name, value: value, changedBy: changedBy), replaced: replaced, problem: problem)
        }
    }

    static func stored(_ database: Database, tenant: Int32) async throws -> [String: String] {
        let rows = try await database.query(stored, [tenant]).map { try $0.decode(String.self, String.self) }
        return Dictionary(rows) { first, _ in first }
    }

    static func take(_ settings: DynamicsSettings, tenant: Int32) -> [Request] {
        let kept = settings.kept
        return settings.changes.map { change in
            Request(Self.change, [tenant, change.name, change.value, change.changedBy ?? "Dynamics", change.note])
        } + [
            Request(
                replace,
                [
                    tenant, kept.map(\.row.name), kept.map(\.row.value), kept.map(\.row.changedBy), kept.map(\.replaced),
                    kept.map(\.problem),
                ])
        ]
    }
}
