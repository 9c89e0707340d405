import Foundation
import Operations
import Postgres

/// What an operator sees of themselves.
struct AccountStore: Sendable {
    let database: Database

    static let statements = [sessions]

    struct OpenSession: Sendable {
        let createdAt: Date
        let seenAt: Date
        let address: String?
        let agent: String?
        let isThis: Bool
    }

    /// Where an operator is signed in.
    func sessions(of who: SignedIn) async throws -> [OpenSession] {
        try await database.query(Self.sessions, [who.operatorID, who.session]).map { row in
            let (created, seen, address, agent, isThis) = try row.decode(
                Date.self, Date.self, String?.self, String?.self, Bool.self)
            return OpenSession(createdAt: created, seenAt: seen, address: address, agent: agent, isThis: isThis)
        }
    }

    static let sessions = Statement(
        "console.account.sessions",
        """
        SELECT created_at, seen_at, address, agent, digest = $2 FROM hub.operator_session
        WHERE operator_id = $1 AND expires_at > now() ORDER BY seen_at DESC LIMIT 50
        """)
}
