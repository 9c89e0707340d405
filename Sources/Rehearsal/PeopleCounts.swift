import Postgres

/// How many users of Dynamics are somebody in Enreach, by the hub's own account.
struct PeopleCounts: Sendable, Equatable {
    var matched = 0
    /// Ambiguous ones among them.
    var unmatched = 0

    static func read(from database: Database) async throws -> PeopleCounts {
        let (matched, unmatched) = try await database.query(counts)[0].decode(Int.self, Int.self)
        return PeopleCounts(matched: matched, unmatched: unmatched)
    }

    /// The counts once people were matched for the first time.
    static func settled(in database: Database, within limit: Duration = .seconds(60)) async throws -> PeopleCounts {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while try await database.query(isMatched)[0].decode(Bool.self) == false {
            guard clock.now < deadline else { throw RehearsalError("people were not matched within \(limit)") }
            try await clock.sleep(for: .milliseconds(50))
        }
        return try await read(from: database)
    }

    private static let counts = Statement(
        "rehearsal_people",
        """
        SELECT count(*) FILTER (WHERE match_state = 'matched'), count(*) FILTER (WHERE match_state IS DISTINCT FROM 'matched')
        FROM hub.person
        """)
    private static let isMatched = Statement(
        "rehearsal_people_matched", "SELECT bool_and(people_matched_at IS NOT NULL) FROM hub.tenant")
}
