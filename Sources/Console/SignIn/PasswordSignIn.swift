import Foundation
import Operations
import Postgres

/// Signs local operators in.
struct PasswordSignIn: Sendable {
    let database: Database
    let store: SignInStore
    let sessions: SessionStore
    let check: PasswordCheck

    enum Outcome: Sendable {
        /// The token for the cookie.
        case signedIn(token: String, name: String)
        /// Whatever was wrong: name, password, or the account has to wait. Which of them is not told.
        case refused
        /// The address has to wait.
        case wait(seconds: Double)
    }

    func signIn(name: String, password: String, client: String, agent: String) async throws -> Outcome {
        let source = Self.source(client)
        guard let attempts = try await store.attempt(from: source) else {
            ConsoleMetrics.signedIn("locked")
            return .wait(seconds: try await store.secondsLocked(source) ?? 1)
        }
        let account = try await store.attempt(name: name)
        guard try await check.fits(password, stored: account?.hash), let account else {
            ConsoleMetrics.signedIn("refused")
            try await noteRefusal(account?.name, account?.failures ?? attempts, client)
            return .refused
        }
        let token = try await database.withTransaction { connection in
            try await SignInStore.succeed(account.id, from: source, on: connection)
            try await OperatorActionStore.record(
                .init(
                    tenant: nil, who: account.name, action: "console.sign_in",
                    detail: .object(["way": .text("password"), "address": .text(client)])), on: connection)
            return try await sessions.add(operator: account.id, address: client, agent: agent, on: connection)
        }
        ConsoleMetrics.signedIn("password")
        return .signedIn(token: token, name: account.name)
    }

    /// Whether somebody who is signed in knows their password; counts like an attempt to sign in.
    func isRight(_ password: String, name: String) async throws -> Bool {
        let account = try await store.attempt(name: name)
        guard try await check.fits(password, stored: account?.hash), let account else { return false }
        try await database.withConnection { try await SignInStore.unlock(account.id, on: $0) }
        return true
    }

    /// The first wrong ones in a row and then each time their number has doubled: a flood must not fill the table. A name that nobody has is
    /// not kept: people type passwords there.
    private func noteRefusal(_ name: String?, _ failures: Int32, _ client: String) async throws {
        guard failures <= 3 || failures.nonzeroBitCount == 1 else { return }
        try await database.withConnection { connection in
            try await OperatorActionStore.record(
                .init(
                    tenant: nil, who: name ?? "nobody", action: "console.sign_in_refused",
                    detail: .object(["address": .text(client), "in_a_row": .integer(failures)])), on: connection)
        }
    }

    /// How addresses are told apart: whoever has one IPv6 address has 2^64 of them.
    static func source(_ client: String) -> String {
        guard client.contains(":"), let bytes = Self.bytes(client) else { return client.isEmpty ? "unknown" : client }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
    }

    private static func bytes(_ client: String) -> [UInt8]? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, client, &address) == 1 else { return nil }
        return withUnsafeBytes(of: address) { Array($0) }
    }
}
