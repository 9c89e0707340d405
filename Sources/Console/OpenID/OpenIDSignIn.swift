import Crypto
import Foundation
import Operations
import Postgres

/// Signs in whom the provider vouches for: authorization code with PKCE.
struct OpenIDSignIn: Sendable {
    let provider: OpenIDProvider
    let database: Database
    let sessions: SessionStore

    private var store: OpenIDStore { OpenIDStore(database: database) }

    /// Where to send the browser. What comes back must come from this browser (`visitor`), for this state, within minutes.
    func begin(visitor: String, to: String, redirect: String) async throws -> String {
        let state = Tokens.text(Tokens.random())
        let challenge = OpenIDStore.Challenge(
            nonce: Tokens.text(Tokens.random()), verifier: Tokens.text(Tokens.random()), returnTo: to)
        let address = try await provider.address(
            state: state, nonce: challenge.nonce, challenge: Tokens.text(Tokens.digest(challenge.verifier)), redirect: redirect)
        try await store.begin(Self.digest(state, visitor), challenge)
        return address
    }

    /// The session's token, and the page that was asked for.
    ///
    /// - Throws: `OpenIDError`.
    func finish(
        code: String, state: String, visitor: String, redirect: String, client: String, agent: String
    ) async throws -> (token: String, to: String) {
        guard let challenge = try await store.end(Self.digest(state, visitor)) else {
            throw OpenIDError(.challenge, "this sign-in was not begun in this browser, or too long ago")
        }
        let claims = try await provider.identity(
            code: code, verifier: challenge.verifier, redirect: redirect, nonce: challenge.nonce)
        guard let role = provider.settings.role(claims.roles) else {
            throw OpenIDError(.role, "the account has no role for the console there")
        }
        do {
            return (try await enter(claims, claims.name, role, client, agent), challenge.returnTo)
        } catch let error as PostgresError where error.code == .uniqueViolation {
            // A local operator, or somebody renamed, has the name already.
            let distinct = "\(claims.name) (\(provider.name) \(claims.subject.prefix(8)))"
            return (try await enter(claims, distinct, role, client, agent), challenge.returnTo)
        }
    }

    private func enter(
        _ claims: IdentityClaims, _ name: String, _ role: OperatorRole, _ client: String, _ agent: String
    ) async throws -> String {
        try await database.withTransaction { connection in
            let entered = try await OpenIDStore.enter(
                claims, name: name, role: role, issuer: provider.settings.issuer, on: connection)
            guard let entered else { throw OpenIDError(.disabled, "the operator is disabled here") }
            try await OperatorActionStore.record(
                .init(
                    tenant: nil, who: entered.name, action: "console.sign_in",
                    detail: .object([
                        "way": .text(provider.name as String), "role": .text(role.rawValue as String),
                        "address": .text(client as String),
                    ])), on: connection)
            return try await sessions.add(operator: entered.id, address: client, agent: agent, on: connection)
        }
    }

    private static func digest(_ state: String, _ visitor: String) -> [UInt8] { Tokens.digest("\(state) \(visitor)") }
}
