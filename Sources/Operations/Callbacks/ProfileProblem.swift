/// What keeps a callback profile from its work; report.callback_profiles says the same.
package struct ProfileProblem: Sendable {
    package enum Kind: String, Sendable {
        /// It takes nothing in.
        case stands
        /// It takes requests in, and what changes in Enreach can't be read.
        case unfollowed
        /// The version before its newest form in Dynamics works.
        case olderForm = "older_form"
    }

    package let kind: Kind
    /// Why, with the remedy.
    package let text: String

    /// Nil: it works.
    package init?(kind: String?, text: String?) {
        guard let kind = kind.flatMap(Kind.init), let text else { return nil }
        (self.kind, self.text) = (kind, text)
    }

    /// What follows the profile's name in a sentence.
    package var words: String {
        switch kind {
        case .stands: "takes nothing in: \(text)"
        case .unfollowed: "takes requests in, but not what changes in Enreach: \(text)"
        case .olderForm: "works in an older version: \(text)"
        }
    }

    /// SQL that joins what was found out about a profile (`p`, of hub.callback_profile), as `k`: about its version; of another it says nothing.
    package static let check = """
        LEFT JOIN hub.callback_check k
            ON k.tenant_id = p.tenant_id AND k.profile_id = p.profile_id AND k.profile_version = p.version
        """

    /// SQL for the text, of `p` and `k`; null: it works.
    package static let sql = "coalesce(\(found), CASE WHEN \(isRead) THEN k.read_problem_text END, p.refused)"

    /// SQL for its kind.
    package static let sqlOfKind = """
        CASE WHEN \(found) IS NOT NULL THEN 'stands'
            WHEN \(isRead) AND k.read_problem_text IS NOT NULL THEN CASE k.read_problem_of WHEN 'follow' THEN 'unfollowed' ELSE 'stands' END
            WHEN p.refused IS NOT NULL THEN 'older_form' END
        """

    private static let found = "coalesce(k.problem_text, p.problem)"
    private static let isRead = "p.enabled AND k.read_list = p.callback_list_id"
}
