import FoundationEssentials
import Model
import Postgres

/// Callback profiles that stand in Dynamics, and their way into the hub's. A trigger keeps each version.
enum DynamicsProfileStore {
    static let kept = Statement(
        "dynamics_profiles_kept",
        """
        SELECT profile_id, source = 'dynamics', name, callback_list_id, callback_list_name, queue_id, ownership_rule, subject,
            duplicate_rule, method, age_unit, age, enabled, problem, refused, version, made_at
        FROM hub.callback_profile WHERE tenant_id = $1 AND deleted_at IS NULL
        """)

    static let put = Statement(
        "dynamics_profiles_put",
        """
        INSERT INTO hub.callback_profile AS p (
            tenant_id, source, profile_id, name, callback_list_id, callback_list_name, queue_id, ownership_rule, subject,
            duplicate_rule, method, age_unit, age, enabled, problem, made_at, changed_by)
        SELECT $1, 'dynamics', * FROM unnest(
            $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::integer[], $13::boolean[], $14::text[], $15::timestamptz[], $16::text[])
        ON CONFLICT (tenant_id, profile_id) DO UPDATE SET
            source = excluded.source, name = excluded.name, callback_list_id = excluded.callback_list_id,
            callback_list_name = excluded.callback_list_name, queue_id = excluded.queue_id,
            ownership_rule = excluded.ownership_rule, subject = excluded.subject, duplicate_rule = excluded.duplicate_rule,
            method = excluded.method, age_unit = excluded.age_unit, age = excluded.age, enabled = excluded.enabled,
            problem = excluded.problem, made_at = excluded.made_at, changed_by = excluded.changed_by, refused = NULL,
            deleted_at = NULL
        """)

    /// Notes why rows are not taken; null where they are again.
    static let refuse = Statement(
        "dynamics_profiles_refuse",
        """
        UPDATE hub.callback_profile p SET refused = r.reason
        FROM unnest($2::uuid[], $3::text[]) AS r (profile_id, reason)
        WHERE p.tenant_id = $1 AND p.profile_id = r.profile_id
        """)

    static let remove = Statement(
        "dynamics_profiles_remove",
        """
        UPDATE hub.callback_profile SET deleted_at = now(), changed_by = 'Dynamics', refused = NULL
        WHERE tenant_id = $1 AND profile_id = ANY ($2)
        """)

    /// The table is gone: what was read from it stays in force, and is changed here from now on.
    static let keepHere = Statement(
        "dynamics_profiles_keep_here",
        """
        UPDATE hub.callback_profile SET source = 'hub', refused = NULL
        WHERE tenant_id = $1 AND source = 'dynamics' AND deleted_at IS NULL
        """)

    static let statements = [kept, put, refuse, remove, keepHere]

    static func kept(_ tenant: Int32, on connection: Connection) async throws -> [DynamicsProfiles.Kept] {
        try await connection.query(kept, [tenant]).map { row in
            let (
                id, isFromDynamics, name, list, listName, queue, ownership, subject, duplicates, method, unit, age, enabled,
                problem,
                refused, version, made
            ) = try row.decode(
                UUID.self, Bool.self, String.self, UUID?.self, String?.self, UUID?.self, String.self, String?.self, String.self,
                String.self, String?.self, Int32?.self, Bool.self, String?.self, String?.self, Int32.self, Date.self)
            var profile = CallbackProfile(
                id: id, name: name, listID: list, listName: listName, queueID: queue, subject: subject, ageUnit: nil,
                age: age.map(Int.init), isEnabled: enabled, version: version, madeAt: made)
            profile.readersProblem = problem
            profile.read(ownership, "Ownership Rule", into: \.ownership)
            profile.read(duplicates, "Duplicate Handling Rule", into: \.duplicates)
            profile.read(method, "Synchronization method", into: \.method)
            profile.read(unit, "Age Time Unit", into: \.ageUnit)
            return DynamicsProfiles.Kept(profile, isFromDynamics: isFromDynamics, refused: refused)
        }
    }

    static func take(_ profiles: DynamicsProfiles, tenant: Int32) -> [Request] {
        var requests: [Request] = []
        if !profiles.puts.isEmpty { requests.append(put(profiles.puts, tenant)) }
        let notes = profiles.refusals.map { ($0.key, $0.value as String?) } + profiles.cleared.map { ($0, nil) }
        if !notes.isEmpty { requests.append(Request(refuse, [tenant, notes.map(\.0), notes.map(\.1)])) }
        if !profiles.gone.isEmpty { requests.append(Request(remove, [tenant, profiles.gone])) }
        return requests
    }

    private static func put(_ rows: [DynamicsProfiles.Row], _ tenant: Int32) -> Request {
        let profiles = rows.map(\.profile)
        return Request(
            put,
            [
                tenant, profiles.map(\.id), profiles.map(\.name), profiles.map(\.listID), profiles.map(\.listName),
                profiles.map(\.queueID), profiles.map(\.ownership.rawValue), profiles.map(\.subject),
                profiles.map(\.duplicates.rawValue), profiles.map(\.method.rawValue), profiles.map { $0.ageUnit?.rawValue },
                profiles.map { $0.age.map { Int32(clamping: $0) } } as [Int32?], profiles.map(\.isEnabled),
                profiles.map(\.readersProblem), profiles.map(\.madeAt), rows.map { $0.changedBy ?? "Dynamics" },
            ])
    }
}
