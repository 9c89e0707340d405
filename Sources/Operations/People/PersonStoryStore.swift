import Foundation
package import Postgres

/// Finds people of either side, and their stories.
package struct PersonStoryStore: Sendable {
    package let database: Database

    package init(database: Database) { self.database = database }

    package static let statements = [people, enreachUsers, former, timeline]

    /// Everybody whom an e-mail address or an id of either side means, without regard to case: users of Dynamics with the Enreach users they are
    /// or may be, then Enreach users whom nobody is. One whom Dynamics shows no more is found by the id there.
    package func stories(of subject: String, tenant: Int32?) async throws -> [PersonStory] {
        let id = UUID(uuidString: subject)
        let people = try await database.query(Self.people, [subject, tenant, id]).map(PersonRow.init(row:))
        let users = try await database.query(
            Self.enreachUsers, [subject, tenant, id, people.flatMap(\.counterparts)]
        ).map(EnreachPersonRow.init(row:))
        var stories: [PersonStory] = []
        for person in people {
            stories.append(
                PersonStory(
                    tenant: person.tenant, user: person,
                    enreach: users.filter { $0.tenantID == person.tenantID && person.counterparts.contains($0.id) },
                    events: try await events(of: person.id, tenant: person.tenantID)))
        }
        let told = Set(people.flatMap { person in person.counterparts.map { Key(person.tenantID, $0) } })
        for user in users where !told.contains(Key(user.tenantID, user.id)) {
            stories.append(PersonStory(tenant: user.tenant, enreach: [user], events: []))
        }
        if stories.isEmpty, let id { return try await former(id, tenant: tenant) }
        return stories
    }

    private func former(_ id: UUID, tenant: Int32?) async throws -> [PersonStory] {
        var stories: [PersonStory] = []
        for row in try await database.query(Self.former, [id, tenant]) {
            let (name, tenantID) = try row.decode(String.self, Int32.self)
            stories.append(
                PersonStory(tenant: name, enreach: [], events: try await events(of: id, tenant: tenantID), formerID: id))
        }
        return stories
    }

    private func events(of id: UUID, tenant: Int32) async throws -> [StoryEvent] {
        try await database.query(Self.timeline, [tenant, id]).map(StoryEvent.init(row:))
    }

    private struct Key: Hashable {
        let tenant: Int32
        let id: UUID

        init(_ tenant: Int32, _ id: UUID) { (self.tenant, self.id) = (tenant, id) }
    }

    private static let tenants = "SELECT tenant_id FROM hub.tenant WHERE tenant_id = coalesce($2::integer, tenant_id)"

    package static let people = Statement(
        "command.person.people",
        """
        WITH meant AS (
            SELECT tenant_id, enreach_user_id FROM hub.enreach_user
            WHERE tenant_id IN (\(tenants)) AND (lower(btrim(email)) = lower(btrim($1)) OR enreach_user_id = $3::uuid)
        )
        SELECT t.name AS tenant, p.tenant_id, p.system_user_id, p.full_name, p.email, p.enreach_email,
               coalesce(p.mobile_number, p.mobile_raw) AS mobile, p.disabled, p.match_state, p.match_reason, p.matched_at,
               p.enreach_user_id, p.candidates, p.written_id, p.write_error,
               c.enreach_user_id AS chosen, c.chosen_by, c.chosen_at, c.note
        FROM hub.person p
        JOIN hub.tenant t USING (tenant_id)
        LEFT JOIN hub.person_choice c USING (tenant_id, system_user_id)
        WHERE p.tenant_id IN (\(tenants)) AND (
            lower(btrim(p.email)) = lower(btrim($1)) OR lower(btrim(p.enreach_email)) = lower(btrim($1))
            OR p.system_user_id = $3 OR p.enreach_user_id = $3
            OR EXISTS (
                SELECT FROM meant m
                WHERE m.tenant_id = p.tenant_id AND m.enreach_user_id = ANY (p.candidates || p.enreach_user_id)))
        ORDER BY t.name, p.disabled, p.full_name, p.system_user_id
        """)

    package static let enreachUsers = Statement(
        "command.person.enreach",
        """
        SELECT t.name AS tenant, e.tenant_id, e.enreach_user_id, e.full_name, e.email, e.match_state, e.match_reason, e.gone_at
        FROM hub.enreach_user e
        JOIN hub.tenant t USING (tenant_id)
        WHERE e.tenant_id IN (\(tenants)) AND (
            lower(btrim(e.email)) = lower(btrim($1)) OR e.enreach_user_id = $3::uuid OR e.enreach_user_id = ANY ($4::uuid[]))
        ORDER BY t.name, e.gone_at NULLS FIRST, e.full_name, e.enreach_user_id
        """)

    /// Tenants that have a story of a user whom Dynamics shows no more.
    package static let former = Statement(
        "command.person.former",
        """
        SELECT t.name, t.tenant_id
        FROM hub.tenant t
        WHERE t.tenant_id IN (\(tenants)) AND EXISTS (
            SELECT FROM hub.timeline l WHERE l.tenant_id = t.tenant_id AND l.subject_id = $1 AND l.entity = 'person')
        ORDER BY t.name
        """)

    package static let timeline = Statement(
        "command.person.timeline",
        """
        SELECT l.at, l.event, l.reason, i.program || ' on ' || i.host || ' (pid ' || i.pid || ')',
               l.setting_version, l.detail::text
        FROM hub.timeline l
        LEFT JOIN hub.instance i USING (instance_id)
        WHERE l.tenant_id = $1 AND l.subject_id = $2 AND l.entity = 'person'
        ORDER BY l.at, l.seq
        """)
}

extension PersonRow {
    package init(row: Row) throws {
        let chosenBy = try row.decode("chosen_by", as: String?.self)
        self.init(
            tenant: try row.decode("tenant", as: String.self),
            tenantID: try row.decode("tenant_id", as: Int32.self),
            id: try row.decode("system_user_id", as: UUID.self),
            name: try row.decode("full_name", as: String.self),
            email: try row.decode("email", as: String?.self),
            enreachEmail: try row.decode("enreach_email", as: String?.self),
            mobile: try row.decode("mobile", as: String?.self),
            isDisabled: try row.decode("disabled", as: Bool.self),
            state: try row.decode("match_state", as: String?.self),
            reason: try row.decode("match_reason", as: String?.self),
            matchedAt: try row.decode("matched_at", as: Date?.self),
            enreachID: try row.decode("enreach_user_id", as: UUID?.self),
            candidates: try row.decode("candidates", as: [UUID].self),
            writtenID: try row.decode("written_id", as: UUID?.self),
            writeError: try row.decode("write_error", as: String?.self))
        if let chosenBy {
            choice = Choice(
                enreachID: try row.decode("chosen", as: UUID?.self), by: chosenBy,
                at: try row.decode("chosen_at", as: Date.self), note: try row.decode("note", as: String?.self))
        }
    }
}

extension EnreachPersonRow {
    package init(row: Row) throws {
        self.init(
            tenant: try row.decode("tenant", as: String.self),
            tenantID: try row.decode("tenant_id", as: Int32.self),
            id: try row.decode("enreach_user_id", as: UUID.self),
            name: try row.decode("full_name", as: String.self),
            email: try row.decode("email", as: String?.self),
            state: try row.decode("match_state", as: String.self),
            reason: try row.decode("match_reason", as: String.self),
            goneAt: try row.decode("gone_at", as: Date?.self))
    }
}
