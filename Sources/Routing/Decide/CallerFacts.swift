/// What is known of a caller, whether it was found in memory or in the database.
package struct CallerFacts: Sendable, Hashable {
    package enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case unknown, contact, account, lead
    }

    /// How the caller was found.
    package enum Match: UInt8, Sendable, Hashable {
        case none
        /// The number as it stands in the directory.
        case exact
        /// Only the end of the number, against one stored without its country.
        case local
    }

    package var kind = Kind.unknown
    package var match = Match.none
    /// Several carry the number and no rule chose among them: such a caller counts as unknown.
    package var isAmbiguous = false
    package var isBlocked = false
    package var hasOpenCase = false
    package var hasOpenCallback = false
    package var segment: String?
    package var language: String?
    /// Number of the user who owns the record.
    package var owner: E164?
    /// Number of the agent who talked to the caller last, and the day of that talk, counted from 1970-01-01 UTC.
    package var agent: E164?
    package var agentDay: Int32?
    /// Number of the queue that looks after the caller's account.
    package var queue: E164?

    package init() {}
    package static let unknown = CallerFacts()
}
