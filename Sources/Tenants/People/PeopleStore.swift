package import FoundationEssentials
package import Model
package import Postgres
package import Privacy

/// The tenant's own people and numbers, replaced as a whole.
package enum PeopleStore {
    /// Answers how many rows changed.
    package static let replacePeople = Statement(
        "people_replace",
        """
        WITH given AS (
            SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[])
                AS g (system_user_id, enreach_user_id, full_name, email, mobile_number, mobile_raw, disabled)
        ), gone AS (
            DELETE FROM hub.person p
            WHERE p.tenant_id = $1 AND NOT EXISTS (SELECT FROM given g WHERE g.system_user_id = p.system_user_id)
            RETURNING 1
        ), put AS (
            INSERT INTO hub.person AS p (
                tenant_id, system_user_id, enreach_user_id, full_name, email, mobile_number, mobile_raw, disabled)
            SELECT $1, * FROM given
            ON CONFLICT (tenant_id, system_user_id) DO UPDATE SET
                enreach_user_id = excluded.enreach_user_id, full_name = excluded.full_name, email = excluded.email,
                mobile_number = excluded.mobile_number, mobile_raw = excluded.mobile_raw, disabled = excluded.disabled,
                changed_at = now()
            WHERE (p.enreach_user_id, p.full_name, p.email, p.mobile_number, p.mobile_raw, p.disabled)
                IS DISTINCT FROM (excluded.enreach_user_id, excluded.full_name, excluded.email, excluded.mobile_number,
                    excluded.mobile_raw, excluded.disabled)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put)
        """)

    package static let replaceNumbers = Statement(
        "own_numbers_replace",
        """
        WITH given AS (
            SELECT * FROM unnest($2::text[], $3::text[], $4::uuid[], $5::text[]) AS g (number, kind, enreach_id, label)
        ), gone AS (
            DELETE FROM hub.own_number n
            WHERE n.tenant_id = $1 AND NOT EXISTS (SELECT FROM given g WHERE g.number = n.number)
            RETURNING 1
        ), put AS (
            INSERT INTO hub.own_number AS n (tenant_id, number, kind, enreach_id, label)
            SELECT $1, * FROM given
            ON CONFLICT (tenant_id, number) DO UPDATE SET
                kind = excluded.kind, enreach_id = excluded.enreach_id, label = excluded.label, changed_at = now()
            WHERE (n.kind, n.enreach_id, n.label) IS DISTINCT FROM (excluded.kind, excluded.enreach_id, excluded.label)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM put)
        """)

    /// Notes that people were read; programs read them again when something changed.
    package static let note = Statement(
        "people_note",
        "UPDATE hub.tenant SET people_at = now(), people_version = people_version + CASE WHEN $2 THEN 1 ELSE 0 END WHERE tenant_id = $1"
    )

    package static let statements = [replacePeople, replaceNumbers, note]

    /// Answers whether anything changed. Erased numbers are left out: whoever has one from now on is found by other means.
    package static func replace(
        _ people: [Person], _ numbers: [OwnNumber], tenant: Int32, erasures: TenantErasures, on connection: Connection
    ) async throws -> Bool {
        let erased = erasures.numbers
        let people = erased.isEmpty ? people : people.map { $0.erasing(erased) }
        let numbers = numbers.filter { !erased.contains($0.number) }
        let changes = try await connection.pipeline([
            Request(
                replacePeople,
                [
                    tenant, people.map(\.systemUserID), people.map(\.enreachUserID), people.map(\.name), people.map(\.email),
                    people.map(\.mobile.e164), people.map { $0.mobile.raw.isEmpty ? nil : $0.mobile.raw } as [String?],
                    people.map(\.isDisabled),
                ]),
            Request(
                replaceNumbers,
                [tenant, numbers.map(\.number), numbers.map(\.kind.rawValue), numbers.map(\.enreachID), numbers.map(\.label)]),
        ])
        let changed = try changes.contains { try $0[0][0].decode(Int.self) > 0 }
        try await connection.execute(note, [tenant, changed])
        let fence = ErasureFence.request(tenant)
        try ErasureFence.check(try await connection.query(fence.statement, fence.parameters), erasures)
        return changed
    }
}

extension Person {
    fileprivate func erasing(_ numbers: ErasedNumbers) -> Person {
        guard numbers.contains(mobile.raw) else { return self }
        return Person(
            systemUserID: systemUserID, enreachUserID: enreachUserID, name: name, email: email, mobile: .withheld,
            isDisabled: isDisabled)
    }
}

/// A number of the tenant itself.
package struct OwnNumber: Sendable, Hashable {
    package enum Kind: String, Sendable { case user, queue }

    package let number: String
    package let kind: Kind
    package let enreachID: UUID?
    package let label: String?

    package init(number: String, kind: Kind, enreachID: UUID?, label: String?) {
        self.number = number
        self.kind = kind
        self.enreachID = enreachID
        self.label = label
    }
}
