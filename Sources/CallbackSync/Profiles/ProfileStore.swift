package import FoundationEssentials
package import Model
package import Postgres

/// Callback profiles as they are stored, and what is known of the lists and queues they name.
package enum ProfileStore {
    package static let all = Statement(
        "callback_profiles",
        """
        SELECT p.profile_id, p.name, p.callback_list_id, p.callback_list_name, p.queue_id, p.ownership_rule, p.subject, p.duplicate_rule,
            p.method, p.age_unit, p.age, p.enabled, p.problem, p.version, p.made_at,
            k.problem, k.queue_name, k.queue_owner_id, k.queue_owner_table, coalesce(k.queue_owner_disabled, false), k.checked_at,
            k.polled_at IS NULL OR k.polled_at < p.changed_at OR k.problem IS NOT NULL
        FROM hub.callback_profile p
        LEFT JOIN hub.callback_check k USING (tenant_id, profile_id)
        WHERE p.tenant_id = $1 AND p.deleted_at IS NULL
        """)

    /// What was found out about each profile.
    package static let check = Statement(
        "callback_check",
        """
        INSERT INTO hub.callback_check AS k (
            tenant_id, profile_id, problem, problem_text, queue_name, queue_owner_id, queue_owner_table, queue_owner_disabled)
        SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::boolean[])
        ON CONFLICT (tenant_id, profile_id) DO UPDATE SET
            checked_at = now(), problem = excluded.problem, problem_text = excluded.problem_text, queue_name = excluded.queue_name,
            queue_owner_id = excluded.queue_owner_id, queue_owner_table = excluded.queue_owner_table,
            queue_owner_disabled = excluded.queue_owner_disabled
        """)

    package static let polled = Statement(
        "callback_polled", "UPDATE hub.callback_check SET polled_at = now() WHERE tenant_id = $1 AND profile_id = ANY ($2)")

    package static let statements = [all, check, polled]

    package static func read(_ tenant: Int32, from database: Database) async throws -> ProfileSituation {
        var profiles: [CallbackProfile] = []
        var queues: [UUID: CallbackQueue] = [:]
        var found: [UUID: String] = [:]
        var checked: Set<UUID> = []
        var catchingUp: Set<UUID> = []
        for row in try await database.query(all, [tenant]) {
            let (
                id, name, list, listName, queue, ownership, subject, duplicates, method, unit, age, enabled, problem, version,
                made,
                checkProblem, queueName, ownerID, ownerTable, ownerDisabled, checkedAt, mustCatchUp
            ) = try row.decode(
                UUID.self, String.self, UUID?.self, String?.self, UUID?.self, String.self, String?.self, String.self, String.self,
                String?.self, Int32?.self, Bool.self, String?.self, Int32.self, Date.self, String?.self, String?.self, UUID?.self,
                String?.self, Bool.self, Date?.self, Bool.self)
            var profile = CallbackProfile(
                id: id, name: name, listID: list, listName: listName, queueID: queue, subject: subject, ageUnit: nil,
                age: age.map(Int.init), isEnabled: enabled, version: version, madeAt: made)
            profile.readersProblem = problem
            profile.read(ownership, "Ownership Rule", into: \.ownership)
            profile.read(duplicates, "Duplicate Handling Rule", into: \.duplicates)
            profile.read(method, "Synchronization method", into: \.method)
            profile.read(unit, "Age Time Unit", into: \.ageUnit)
            profiles.append(profile)
            if mustCatchUp { catchingUp.insert(id) }
            guard checkedAt != nil else { continue }
            checked.insert(id)
            found[id] = checkProblem
            queues[id] = CallbackQueue(
                name: queueName, ownerID: ownerID, ownerTable: ownerTable.flatMap(CallbackQueue.OwnerTable.init) ?? .systemUser,
                ownerIsDisabled: ownerDisabled)
        }
        return ProfileSituation(
            profiles: CallbackProfiles(profiles), queues: queues, found: found, checked: checked,
            mustCatchUp: catchingUp)
    }
}

/// A tenant's profiles, and what is known about them.
package struct ProfileSituation: Sendable {
    package let profiles: CallbackProfiles
    /// By profile.
    package let queues: [UUID: CallbackQueue]
    /// By profile: the code of what is wrong, as last found.
    package let found: [UUID: String]
    /// Profiles of which both vendors were asked.
    package let checked: Set<UUID>
    /// Profiles whose list was not read since they were changed, or since they could not work.
    package let mustCatchUp: Set<UUID>

    /// Whether requests may be written under a profile.
    package func works(_ profile: CallbackProfile) -> Bool { checked.contains(profile.id) && found[profile.id] == nil }
}
