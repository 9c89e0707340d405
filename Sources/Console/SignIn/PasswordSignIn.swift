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
        guard let attempts = try await store.attempt(from: source) else { return try await turnAway(name, client) }
        let account = try await store.attempt(name: name)
        guard try await check.fits(password, stored: account?.hash), let account else {
            return try await refuse(name, account, attempts, client)
        }
        let token = try await database.withTransaction { connection -> String? in
            // Looking at a password takes a while, in which it may have been replaced.
            guard
                try await SignInStore.succeed(
                    account.id, hash: account.hash, from: source, attempts: attempts, on: connection)
            else { return nil }
            try await OperatorActionStore.record(
                .init(
                    tenant: nil, who: account.name, action: "console.sign_in",
                    detail: .object(["way": .text("password"), "address": .text(client)])), on: connection)
            return try await sessions.add(operator: account.id, address: client, agent: agent, on: connection)
        }
        guard let token else { return try await refuse(name, account, attempts, client) }
        ConsoleMetrics.signedIn("password")
        return .signedIn(token: token, name: account.name)
    }

    /// The stored hash that the password of somebody who is signed in was found to fit, nil when it does not; counts like an attempt to
    /// sign in.
    func checked(_ password: String, name: String) async throws -> String? {
        let account = try await store.attempt(name: name)
        guard try await check.fits(password, stored: account?.hash), let account else { return nil }
        try await store.unlock(account.id, hash: account.hash)
        return account.hash
    }

    private func refuse(_ name: String, _ account: SignInStore.Account?, _ attempts: Int32, _ client: String) async throws
        -> Outcome
    {
        ConsoleMetrics.signedIn("refused")
        let target = try await store.known(name: name)
        try await store.refused(at: target?.id, from: Self.source(client))
        // While a name has to wait its own count stands still.
        let inARow = account?.failures ?? attempts
        // The first wrong ones in a row and then each time their number has doubled: a flood must not fill the table.
        guard inARow <= 3 || inARow.nonzeroBitCount == 1 else { return .refused }
        try await database.withConnection { connection in
            let waits = account == nil && target != nil ? "name" : nil
            try await Self.note(target?.name, client, inARow: inARow, waits: waits, on: connection)
        }
        return .refused
    }

    /// Whoever comes while their address has to wait. That is written down once for each time it has to.
    private func turnAway(_ name: String, _ client: String) async throws -> Outcome {
        ConsoleMetrics.signedIn("locked")
        let source = Self.source(client)
        let target = try await store.known(name: name)
        try await database.withTransaction { connection in
            guard try await SignInStore.isFirst(whileLocked: source, on: connection) else { return }
            try await Self.note(target?.name, client, inARow: nil, waits: "address", on: connection)
        }
        return .wait(seconds: try await store.secondsLocked(source) ?? 1)
    }

    /// A name that nobody has is not kept: people type passwords there.
    private static func note(
        _ name: String?, _ client: String, inARow: Int32?, waits: String?, on connection: Connection
    ) async throws {
        try await OperatorActionStore.record(
            .init(
                tenant: nil, who: name ?? "nobody", action: "console.sign_in_refused",
                detail: .object([
                    "address": .text(client as String), "in_a_row": .integer(inARow), "waits": .text(waits),
                ])), on: connection)
    }

    /// How addresses are told apart: one of the old kind by itself, in the new kind's clothes (`::ffff:…`) too; one of the new kind by the
    /// network of its site, since whoever has one such address has 2^64 of them, and often 2^16 networks of that size.
    static func source(_ client: String) -> String {
        guard client.contains(":"), let bytes = Self.bytes(client) else { return client.isEmpty ? "unknown" : client }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        if isMapped { return bytes[12...].map { String($0) }.joined(separator: ".") }
        return bytes.prefix(6).map { String($0, radix: 16) }.joined(separator: ":") + "::/48"
    }

    private static func bytes(_ client: String) -> [UInt8]? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, client, &address) == 1 else { return nil }
        return withUnsafeBytes(of: address) { Array($0) }
    }
}
