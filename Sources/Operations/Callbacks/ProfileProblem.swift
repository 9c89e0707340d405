/// What keeps a callback profile from its work; report.callback_profiles says the same.
package struct ProfileProblem: Sendable {
    /// Why it takes nothing in, why its list could not be read, or why its newest form in Dynamics is not in force; with the remedy.
    package let text: String
    /// The version before its newest form in Dynamics works.
    package let isOfNewForm: Bool

    /// Nil: it works.
    package init?(text: String?, isOfNewForm: Bool) {
        guard let text else { return nil }
        (self.text, self.isOfNewForm) = (text, isOfNewForm)
    }

    /// What follows the profile's name in a sentence.
    package var words: String { isOfNewForm ? "works in an older version: \(text)" : "takes nothing in: \(text)" }

    /// SQL that joins what was found out about a profile (`p`, of hub.callback_profile), as `k`: about its version; of another it says nothing.
    package static let check = """
        LEFT JOIN hub.callback_check k
            ON k.tenant_id = p.tenant_id AND k.profile_id = p.profile_id AND k.profile_version = p.version
        """

    /// SQL for the text, of `p` and `k`; null: it works.
    package static let sql = "coalesce(\(hindrance), p.refused)"

    /// SQL for whether it is of the newest form in Dynamics.
    package static let sqlOfNewForm = "(\(hindrance) IS NULL AND p.refused IS NOT NULL)"

    private static let hindrance = """
        coalesce(
            k.problem_text, p.problem, CASE WHEN p.enabled AND k.read_list = p.callback_list_id THEN k.read_problem_text END)
        """
}
