import Postgres

/// How many calls and callback requests are regarding somebody whom the hub found by the number.
struct RegardingCounts: Sendable, Equatable {
    var contacts = 0
    /// Accounts and leads.
    var others = 0

    static func read(from database: Database) async throws -> RegardingCounts {
        let (contacts, others) = try await database.query(counts)[0].decode(Int.self, Int.self)
        return RegardingCounts(contacts: contacts, others: others)
    }

    private static let counts = Statement(
        "rehearsal_regarding",
        """
        SELECT count(*) FILTER (WHERE regarding_table = 'contact'), count(*) FILTER (WHERE regarding_table <> 'contact')
        FROM (
            SELECT regarding_table FROM hub.call WHERE state = 'written'
            UNION ALL SELECT regarding_table FROM hub.callback WHERE state = 'written'
        ) AS r
        """)
}
