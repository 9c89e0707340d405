package import Foundation
package import Postgres

/// A callback request that a webhook named and that the hub has no row of.
package struct ToldCallback: Sendable {
    package let tenant: String
    package let event: String
    package let at: Date
    /// What became of the event, as `hub.webhook_event` has it. Nil: it waits to be looked at.
    package let outcome: String?
    /// The profile of the list that the event named.
    package let profile: String?
    /// What keeps that from its work.
    package let problem: ProfileProblem?

    package static let find = Statement(
        "command.callback.told",
        """
        SELECT t.name, e.event_type, e.received_at, e.outcome, p.name, \(ProfileProblem.sql), \(ProfileProblem.sqlOfKind)
        FROM hub.webhook_event e
        JOIN hub.tenant t USING (tenant_id)
        LEFT JOIN hub.callback_profile p
            ON p.tenant_id = e.tenant_id AND p.callback_list_id = e.entity_id AND p.deleted_at IS NULL AND p.enabled
        \(ProfileProblem.check)
        WHERE e.subject_id = $1 AND e.event_type ILIKE '%callback%' AND ($2::integer IS NULL OR e.tenant_id = $2)
        ORDER BY e.received_at DESC, p.made_at, p.profile_id
        LIMIT 1
        """)

    /// By the newest event of the last days that named it.
    ///
    /// - Parameter tenant: nil looks among all.
    package static func find(_ callback: UUID, tenant: Int32?, in database: Database) async throws -> ToldCallback? {
        guard let row = try await database.query(find, [callback, tenant]).first else { return nil }
        let (name, event, at, outcome, profile, problem, kind) = try row.decode(
            String.self, String.self, Date.self, String?.self, String?.self, String?.self, String?.self)
        return ToldCallback(
            tenant: name, event: event, at: at, outcome: outcome, profile: profile,
            problem: ProfileProblem(kind: kind, text: problem))
    }

    /// What is known of it, for people.
    package var sentence: String {
        let fate =
            switch outcome {
            case nil: "the event waits to be looked at"
            case "no_profile": "no profile takes its list"
            case "not_shown": "Enreach did not show it within ten minutes"
            default: "it was read then"
            }
        let trouble = problem.map { "; profile \(profile ?? "") \($0.words)" } ?? ""
        return
            "a webhook of \(tenant) (\(event)) told of it at \(PlainTime.seconds(at)), and the hub has no callback request of that id: \(fate)\(trouble)"
    }
}
