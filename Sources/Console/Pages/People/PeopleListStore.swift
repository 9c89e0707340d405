import Foundation
import Operations
import Postgres

/// Lists people page by page, by the key of the list's order.
struct PeopleListStore: Sendable {
    let database: Database

    static let statements = [counts, users, strangers]

    /// SQL for whether a text is part of another, whichever letters are large: of every alphabet, where the database's own `lower` may know
    /// ASCII alone.
    private static func holds(_ whole: String, _ part: String) -> String {
        "position(lower(\(part) COLLATE \"und-x-icu\") IN lower(\(whole) COLLATE \"und-x-icu\")) > 0"
    }

    struct Counts: Sendable {
        let matched: Int64
        let unmatched: Int64
        /// Users of Enreach whom nobody in Dynamics is.
        let strangers: Int64
    }

    func counts(tenant: Int32) async throws -> Counts {
        let (matched, all, strangers) = try await database.query(Self.counts, [tenant])[0].decode(
            Int64.self, Int64.self, Int64.self)
        return Counts(matched: matched, unmatched: all - matched, strangers: strangers)
    }

    /// Users of Dynamics: those without a match first, then by name.
    ///
    /// - Parameters:
    ///   - text: part of a name or an address; nil: any.
    ///   - isMatched: nil: either.
    func users(tenant: Int32, text: String?, isMatched: Bool?, after: PersonKey?, limit: Int) async throws -> [UserRow] {
        try await database.query(
            Self.users, [tenant, text, isMatched, after?.isMatched, after?.name, after?.id, Int32(limit)]
        ).map(UserRow.init)
    }

    /// Users of Enreach whom nobody in Dynamics is, by name.
    func strangers(tenant: Int32, text: String?, after: PersonKey?, limit: Int) async throws -> [EnreachRow] {
        try await database.query(Self.strangers, [tenant, text, after?.name, after?.id, Int32(limit)]).map(EnreachRow.init)
    }

    static let counts = Statement(
        "console.people.counts",
        """
        SELECT count(*) FILTER (WHERE match_state = 'matched'), count(*),
               (SELECT count(*) FROM hub.enreach_user WHERE tenant_id = $1 AND gone_at IS NULL AND match_state <> 'matched')
        FROM hub.person WHERE tenant_id = $1
        """)

    static let users = Statement(
        "console.people.users",
        """
        SELECT p.system_user_id, p.full_name, p.email, p.enreach_email, p.mobile_number, p.match_state, p.match_reason,
               p.enreach_user_id, p.enreach_name, p.candidates, p.write_error
        FROM (
            SELECT p.*, p.match_state IS NOT DISTINCT FROM 'matched' AS is_matched, e.full_name AS enreach_name
            FROM hub.person p
            LEFT JOIN hub.enreach_user e ON e.tenant_id = p.tenant_id AND e.enreach_user_id = p.enreach_user_id
            WHERE p.tenant_id = $1
        ) AS p
        WHERE ($2::text IS NULL
               OR \(holds("concat_ws(E'\\n', p.full_name, p.enreach_name, p.email, p.enreach_email)", "$2")))
          AND ($3::boolean IS NULL OR p.is_matched = $3)
          AND ($4::boolean IS NULL OR (p.is_matched, p.full_name, p.system_user_id) > ($4, $5::text, $6::uuid))
        ORDER BY p.is_matched, p.full_name, p.system_user_id
        LIMIT $7
        """)

    static let strangers = Statement(
        "console.people.strangers",
        """
        SELECT enreach_user_id, full_name, email, match_state, match_reason
        FROM hub.enreach_user
        WHERE tenant_id = $1 AND gone_at IS NULL AND match_state <> 'matched'
          AND ($2::text IS NULL OR \(holds("concat_ws(E'\\n', full_name, email)", "$2")))
          AND ($3::text IS NULL OR (full_name, enreach_user_id) > ($3, $4::uuid))
        ORDER BY full_name, enreach_user_id
        LIMIT $5
        """)
}

/// Where a page of people ends.
struct PersonKey: Sendable {
    let isMatched: Bool
    let id: UUID
    let name: String

    init(isMatched: Bool, id: UUID, name: String) { (self.isMatched, self.id, self.name) = (isMatched, id, name) }

    init?(_ text: String?) {
        guard let parts = text?.split(separator: "~", maxSplits: 2, omittingEmptySubsequences: false), parts.count == 3,
            let id = UUID(uuidString: String(parts[1]))
        else { return nil }
        self.init(isMatched: parts[0] == "1", id: id, name: String(parts[2]))
    }

    var text: String { "\(isMatched ? 1 : 0)~\(id.uuidString.lowercased())~\(name)" }
}
