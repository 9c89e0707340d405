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
            k.polled_version IS DISTINCT FROM p.version OR k.problem IS NOT NULL, m.polled_until, m.followed_until, m.read_problem_text,
            o.began, o.ended
        FROM hub.callback_profile p
        -- What was found out about another version says nothing about this one.
        LEFT JOIN hub.callback_check k
            ON k.tenant_id = p.tenant_id AND k.profile_id = p.profile_id AND k.profile_version = p.version
        -- How far the list was read holds for every version that has the list.
        LEFT JOIN hub.callback_check m
            ON m.tenant_id = p.tenant_id AND m.profile_id = p.profile_id AND m.read_list = p.callback_list_id
        -- When it was switched off, or deleted, since its list was last asked for.
        LEFT JOIN LATERAL (
            SELECT array_agg(h.changed_at ORDER BY h.version) AS began, array_agg(h.until_at ORDER BY h.version) AS ended
            FROM (
                SELECT version, changed_at, coalesce(lead(changed_at) OVER (ORDER BY version), now()) AS until_at,
                    profile ->> 'enabled' = 'false' OR profile ->> 'deleted_at' IS NOT NULL AS is_off
                FROM hub.callback_profile_history
                WHERE tenant_id = m.tenant_id AND profile_id = m.profile_id AND version > m.polled_version
            ) h
            WHERE h.is_off AND h.changed_at < h.until_at
        ) o ON true
        WHERE p.tenant_id = $1 AND p.deleted_at IS NULL
        """)

    /// What was found out about each profile, and about which version of it. What is known of a newer one stays.
    package static let check = Statement(
        "callback_check",
        """
        INSERT INTO hub.callback_check AS k (
            tenant_id, profile_id, profile_version, problem, problem_text, queue_name, queue_owner_id, queue_owner_table,
            queue_owner_disabled)
        SELECT $1, * FROM unnest(
            $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::boolean[])
        ON CONFLICT (tenant_id, profile_id) DO UPDATE SET
            checked_at = now(), profile_version = excluded.profile_version, problem = excluded.problem,
            problem_text = excluded.problem_text, queue_name = excluded.queue_name, queue_owner_id = excluded.queue_owner_id,
            queue_owner_table = excluded.queue_owner_table, queue_owner_disabled = excluded.queue_owner_disabled
        WHERE k.profile_version <= excluded.profile_version
        """)

    /// A profile's list was polled, up to a time of the vendor's. What keeps its changes from being read stays.
    package static let polled = Statement(
        "callback_polled",
        """
        UPDATE hub.callback_check SET
            polled_at = now(), polled_version = $3, read_list = $4, polled_until = $5,
            followed_until = CASE WHEN read_list = $4 THEN followed_until END,
            \(left("read_list = $4 AND read_problem_of = 'follow'"))
        WHERE tenant_id = $1 AND profile_id = $2
        """)

    /// What changed on a profile's list was read, up to a time of the vendor's. What keeps the poll from reading it stays.
    package static let followed = Statement(
        "callback_followed",
        """
        UPDATE hub.callback_check SET
            read_list = $3, followed_until = $4, polled_until = CASE WHEN read_list = $3 THEN polled_until END,
            \(left("read_list = $3 AND read_problem_of = 'poll'"))
        WHERE tenant_id = $1 AND profile_id = $2
        """)

    /// A profile's list could not be read, by the poll or the follow (`$7`): how far it was stays, or is what is given. Of two problems the
    /// poll's is the one that is told.
    package static let unread = Statement(
        "callback_unread",
        """
        UPDATE hub.callback_check SET
            read_list = $3,
            polled_until = CASE WHEN read_list = $3 THEN polled_until END,
            followed_until = coalesce(CASE WHEN read_list = $3 THEN followed_until END, $6),
            \(left("read_list = $3 AND read_problem_of = 'poll' AND $7 = 'follow'", else: ("$4", "$5", "$7")))
        WHERE tenant_id = $1 AND profile_id = $2
        """)

    /// Changes of a tenant's requests are not read any more: what kept them from being read is no trouble.
    package static let unfollowed = Statement(
        "callback_unfollowed",
        """
        UPDATE hub.callback_check SET \(left("false")) WHERE tenant_id = $1 AND read_problem_of = 'follow'
        """)

    package static let statements = [all, check, polled, followed, unread, unfollowed]

    /// The problem stays where the condition holds; elsewhere it is another, or over.
    private static func left(
        _ condition: String, else other: (code: String, text: String, of: String) = ("NULL", "NULL", "NULL")
    ) -> String {
        [("read_problem", other.code), ("read_problem_text", other.text), ("read_problem_of", other.of)]
            .map { "\($0) = CASE WHEN \(condition) THEN \($0) ELSE \($1) END" }.joined(separator: ", ")
    }

    package static func read(_ tenant: Int32, from database: Database) async throws -> ProfileSituation {
        var profiles: [CallbackProfile] = []
        var queues: [UUID: CallbackQueue] = [:]
        var found: [UUID: String] = [:]
        var checked: Set<UUID> = []
        var catchingUp: Set<UUID> = []
        var polledUntil: [UUID: Date] = [:]
        var followedUntil: [UUID: Date] = [:]
        var unread: [UUID: String] = [:]
        var off: [UUID: [Range<Date>]] = [:]
        for row in try await database.query(all, [tenant]) {
            let (
                id, name, list, listName, queue, ownership, subject, duplicates, method, unit, age, enabled, problem, version,
                made,
                checkProblem, queueName, ownerID, ownerTable, ownerDisabled, checkedAt, mustCatchUp, polled, followed,
                readProblem, offFrom,
                offUntil
            ) = try row.decode(
                UUID.self, String.self, UUID?.self, String?.self, UUID?.self, String.self, String?.self, String.self, String.self,
                String?.self, Int32?.self, Bool.self, String?.self, Int32.self, Date.self, String?.self, String?.self, UUID?.self,
                String?.self, Bool.self, Date?.self, Bool.self, Date?.self, Date?.self, String?.self, [Date]?.self,
                [Date]?.self)
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
            polledUntil[id] = polled
            followedUntil[id] = followed
            unread[id] = readProblem
            off[id] = zip(offFrom ?? [], offUntil ?? []).map { $0..<$1 }
            guard checkedAt != nil else { continue }
            checked.insert(id)
            found[id] = checkProblem
            queues[id] = CallbackQueue(
                name: queueName, ownerID: ownerID, ownerTable: ownerTable.flatMap(CallbackQueue.OwnerTable.init) ?? .systemUser,
                ownerIsDisabled: ownerDisabled)
        }
        return ProfileSituation(
            profiles: CallbackProfiles(profiles), queues: queues, found: found, checked: checked,
            mustCatchUp: catchingUp, polledUntil: polledUntil, followedUntil: followedUntil, unread: unread, off: off)
    }
}

/// A tenant's profiles, and what is known about them.
package struct ProfileSituation: Sendable {
    package let profiles: CallbackProfiles
    /// By profile.
    package let queues: [UUID: CallbackQueue]
    /// By profile: the code of what is wrong, as last found.
    package let found: [UUID: String]
    /// Profiles of which both vendors were asked, as they are now.
    package let checked: Set<UUID>
    /// Profiles whose list was not read since they were changed, or since they could not work.
    package let mustCatchUp: Set<UUID>
    /// By profile: up to when the requests of its present list were asked for, by the vendor's clock.
    package let polledUntil: [UUID: Date]
    /// By profile: the same for what changed on its list.
    package let followedUntil: [UUID: Date]
    /// By profile: why the requests of its list could not be read the last time, for people.
    package let unread: [UUID: String]
    /// By profile: when it was switched off, or deleted, since its list was last asked for.
    package let off: [UUID: [Range<Date>]]

    /// Whether requests may be written under a profile.
    package func works(_ profile: CallbackProfile) -> Bool { checked.contains(profile.id) && found[profile.id] == nil }
}
