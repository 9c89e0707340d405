import Foundation
import Operations
import Postgres

/// Sign-ins under way, and the operators that the provider vouches for.
struct OpenIDStore: Sendable {
    let database: Database

    static let statements = [begin, end, enter, forget]

    /// What was agreed when the browser left.
    struct Challenge: Sendable {
        let nonce: String
        let verifier: String
        let returnTo: String
    }

    func begin(_ digest: [UInt8], _ challenge: Challenge) async throws {
        try await database.execute(Self.begin, [digest, challenge.nonce, challenge.verifier, challenge.returnTo])
    }

    /// Once, and in time; nil: there is none.
    func end(_ digest: [UInt8]) async throws -> Challenge? {
        guard let row = try await database.query(Self.end, [digest]).first else { return nil }
        let (nonce, verifier, to) = try row.decode(String.self, String.self, String.self)
        return Challenge(nonce: nonce, verifier: verifier, returnTo: to)
    }

    /// The operator of an identity, made or brought up to date; nil: disabled.
    ///
    /// - Throws: `uniqueViolation` when another operator has the name.
    static func enter(
        _ claims: IdentityClaims, name: String, role: OperatorRole, issuer: String, on connection: Connection
    ) async throws -> (id: Int32, name: String)? {
        try await connection.query(enter, [name, role.rawValue, issuer, claims.subject]).first?.decode(Int32.self, String.self)
    }

    func forget() async throws { try await database.execute(Self.forget) }

    static let begin = Statement(
        "console.openid.begin",
        """
        INSERT INTO hub.operator_challenge (digest, nonce, verifier, return_to, expires_at)
        VALUES ($1, $2, $3, $4, now() + interval '10 minutes')
        """)

    static let end = Statement(
        "console.openid.end",
        "DELETE FROM hub.operator_challenge WHERE digest = $1 AND expires_at > now() RETURNING nonce, verifier, return_to")

    static let enter = Statement(
        "console.openid.enter",
        """
        INSERT INTO hub.operator AS o (name, role, issuer, subject, created_by, signed_in_at) VALUES ($1, $2, $3, $4, $3, now())
        ON CONFLICT (issuer, subject) DO UPDATE SET
            role = excluded.role, signed_in_at = now(), changed_at = CASE WHEN o.role <> excluded.role THEN now() ELSE o.changed_at END
        WHERE o.disabled_at IS NULL
        RETURNING operator_id, name
        """)

    static let forget = Statement("console.openid.forget", "DELETE FROM hub.operator_challenge WHERE expires_at < now()")
}
