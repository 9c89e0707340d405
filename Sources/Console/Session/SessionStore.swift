import Foundation
import Operations
import Postgres

/// Who is signed in: `hub.operator_session`.
struct SessionStore: Sendable {
    let database: Database
    let idle: Duration
    let longest: Duration

    static let statements = [find, touch, add, end, endAll, forget]

    /// The session of a cookie's token; nil when there is none that counts.
    ///
    /// - Parameter touching: whether this is a sign of life: what a page does by itself is none.
    func find(token: String, touching: Bool = true) async throws -> SignedIn? {
        let digest = Tokens.digest(token)
        guard let row = try await database.query(Self.find, [digest, idle]).first else { return nil }
        let (id, name, role, key, expires, isLocal, isStale) = try row.decode(
            Int32.self, String.self, String.self, [UInt8].self, Date.self, Bool.self, Bool.self)
        guard let role = OperatorRole(rawValue: role) else { return nil }
        if isStale, touching { try await database.execute(Self.touch, [digest]) }
        return SignedIn(
            operatorID: id, name: name, role: role, session: digest, formToken: Tokens.signature("form", key: key),
            expiresAt: expires,
            isLocal: isLocal)
    }

    /// A new session; returns the token for the cookie, which is kept nowhere.
    func add(operator id: Int32, address: String, agent: String, on connection: Connection) async throws -> String {
        let token = Tokens.text(Tokens.random())
        try await connection.execute(
            Self.add,
            [Tokens.digest(token), id, Tokens.random(), longest, address.isEmpty ? nil : address, String(agent.prefix(200))])
        return token
    }

    func end(_ session: [UInt8], on connection: Connection) async throws { try await connection.execute(Self.end, [session]) }

    /// Every session of an operator; returns how many.
    func endAll(of id: Int32, on connection: Connection) async throws -> Int { try await connection.execute(Self.endAll, [id]) }

    /// Takes away what is past its time.
    func forget() async throws { try await database.execute(Self.forget, [idle]) }

    static let find = Statement(
        "console.session.find",
        """
        SELECT o.operator_id, o.name, o.role, s.form_key, s.expires_at, o.issuer IS NULL, s.seen_at < now() - interval '1 minute'
        FROM hub.operator_session s JOIN hub.operator o USING (operator_id)
        WHERE s.digest = $1 AND s.expires_at > now() AND s.seen_at > now() - $2::interval AND o.disabled_at IS NULL
        """)

    static let touch = Statement(
        "console.session.touch", "UPDATE hub.operator_session SET seen_at = now() WHERE digest = $1")

    static let add = Statement(
        "console.session.add",
        """
        INSERT INTO hub.operator_session (digest, operator_id, form_key, expires_at, address, agent)
        VALUES ($1, $2, $3, now() + $4::interval, $5, $6)
        """)

    static let end = Statement("console.session.end", "DELETE FROM hub.operator_session WHERE digest = $1")

    static let endAll = Statement("console.session.end_all", "DELETE FROM hub.operator_session WHERE operator_id = $1")

    static let forget = Statement(
        "console.session.forget",
        "DELETE FROM hub.operator_session WHERE expires_at < now() OR seen_at < now() - $1::interval")
}
