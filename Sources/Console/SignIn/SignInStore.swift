import Foundation
import Operations
import Postgres

/// Guesses and their price, and what a right one leads to.
///
/// An attempt is counted before the password is looked at, in the statement that looks up the hash: of many at once, as many are let
/// through as one after another would be.
struct SignInStore: Sendable {
    let database: Database

    static let statements = [attemptFrom, attempt, known, refused, succeed, unlock, takeShare, forgive, forget, locked, note]

    /// Counts an attempt from an address; false when it has to wait. The count that it is now tells whether to write it down.
    func attempt(from source: String) async throws -> Int32? {
        try await database.query(Self.attemptFrom, [source]).first?.decode(Int32.self)
    }

    struct Account: Sendable {
        let id: Int32
        let name: String
        let hash: String
        /// Attempts since the last right one, this one among them.
        let failures: Int32
    }

    /// The local operator of that name, and their hash, when an attempt may be made at it.
    func attempt(name: String) async throws -> Account? {
        guard let row = try await database.query(Self.attempt, [name]).first else { return nil }
        let (id, name, hash, failures) = try row.decode(Int32.self, String.self, String.self, Int32.self)
        return Account(id: id, name: name, hash: hash, failures: failures)
    }

    /// The local operator of that name, whether or not an attempt may be made at it now.
    func known(name: String) async throws -> (id: Int32, name: String)? {
        try await database.query(Self.known, [name]).first?.decode(Int32.self, String.self)
    }

    /// Of the wrong attempts from an address, this one was at that operator's name; nil: at a name that nobody has, which takes as long.
    func refused(at id: Int32?, from source: String) async throws {
        try await database.execute(Self.refused, [Self.share(source, id ?? 0)])
    }

    /// The attempt was right: no more count of the name, no lock. False when the hash that was checked is the operator's no more: then it
    /// was not.
    ///
    /// The address is forgiven what was wrong at this name, and nothing else: else whoever has an account could guess at others, and sign
    /// in each time before they have to wait.
    ///
    /// - Parameter attempts: the address' count after this attempt.
    static func succeed(
        _ id: Int32, hash: String, from source: String, attempts: Int32, on connection: Connection
    ) async throws -> Bool {
        guard try await connection.execute(succeed, [id, hash]) == 1 else { return false }
        let wrong = try await connection.query(takeShare, [share(source, id)]).first?[0].decode(Int32.self) ?? 0
        // And this one, which was counted before it was looked at.
        try await connection.execute(forgive, [source, wrong + 1, attempts])
        return true
    }

    private static func share(_ source: String, _ id: Int32) -> String { "\(source) \(id)" }

    /// Whether an attempt from an address that has to wait is to be written down: one is for each time it has to.
    static func isFirst(whileLocked source: String, on connection: Connection) async throws -> Bool {
        try await connection.execute(note, [source]) == 1
    }

    /// The password was right, without a sign-in.
    func unlock(_ id: Int32, hash: String) async throws { try await database.execute(Self.unlock, [id, hash]) }

    /// Seconds until an address is looked at again; nil: now.
    func secondsLocked(_ source: String) async throws -> Double? {
        try await database.query(Self.locked, [source]).first?.decode(Double.self)
    }

    func forget() async throws { try await database.execute(Self.forget) }

    /// From the tenth wrong one on: 5 s, doubled with each, at most an hour. An hour without makes it forget.
    static let attemptFrom = Statement(
        "console.sign_in.attempt_from",
        """
        INSERT INTO hub.operator_guess AS g (source, failures, locked_until) VALUES ($1, 1, now())
        ON CONFLICT (source) DO UPDATE SET
            failures = CASE WHEN g.last_at < now() - interval '1 hour' THEN 1 ELSE g.failures + 1 END,
            locked_until = CASE WHEN g.last_at >= now() - interval '1 hour' AND g.failures >= 9
                THEN now() + least(interval '1 hour', interval '5 s' * 2 ^ least(g.failures - 9, 20)) ELSE now() END,
            last_at = now()
        WHERE g.locked_until <= now()
        RETURNING failures
        """)

    /// From the fifth wrong one on: 5 s, doubled with each, at most half a minute: anybody can guess at a name, and must not keep its owner
    /// out for long. Whoever guesses waits by their address.
    static let attempt = Statement(
        "console.sign_in.attempt",
        """
        UPDATE hub.operator SET
            failures = failures + 1,
            locked_until = CASE WHEN failures >= 4
                THEN now() + least(interval '30 s', interval '5 s' * 2 ^ least(failures - 4, 20)) END
        WHERE lower(name) = lower($1) AND password IS NOT NULL AND disabled_at IS NULL AND coalesce(locked_until <= now(), true)
        RETURNING operator_id, name, password, failures
        """)

    static let succeed = Statement(
        "console.sign_in.succeed",
        """
        UPDATE hub.operator SET failures = 0, locked_until = NULL, signed_in_at = now()
        WHERE operator_id = $1 AND password = $2 AND disabled_at IS NULL
        """)

    static let unlock = Statement(
        "console.sign_in.unlock",
        "UPDATE hub.operator SET failures = 0, locked_until = NULL WHERE operator_id = $1 AND password = $2")

    static let known = Statement(
        "console.sign_in.known",
        """
        SELECT operator_id, name FROM hub.operator WHERE lower(name) = lower($1) AND password IS NOT NULL AND disabled_at IS NULL
        """)

    static let refused = Statement(
        "console.sign_in.refused",
        """
        INSERT INTO hub.operator_guess AS g (source, failures, locked_until) VALUES ($1, 1, now())
        ON CONFLICT (source) DO UPDATE SET
            failures = CASE WHEN g.last_at < now() - interval '1 hour' THEN 1 ELSE g.failures + 1 END, last_at = now()
        """)

    /// Of an hour ago it is none: the address' own count may have begun anew since, without what was wrong then.
    static let takeShare = Statement(
        "console.sign_in.take_share",
        """
        DELETE FROM hub.operator_guess WHERE source = $1
        RETURNING CASE WHEN last_at < now() - interval '1 hour' THEN 0 ELSE failures END
        """)

    /// The lock ends if it is the one that this attempt began ($3).
    static let forgive = Statement(
        "console.sign_in.forgive",
        """
        WITH forgiven AS (DELETE FROM hub.operator_guess WHERE source = $1 AND failures <= $2)
        UPDATE hub.operator_guess SET
            failures = failures - $2, locked_until = CASE WHEN failures = $3 THEN now() ELSE locked_until END
        WHERE source = $1 AND failures > $2
        """)

    static let note = Statement(
        "console.sign_in.note",
        """
        UPDATE hub.operator_guess SET noted_until = locked_until
        WHERE source = $1 AND locked_until > now() AND noted_until IS DISTINCT FROM locked_until
        """)

    static let locked = Statement(
        "console.sign_in.locked",
        """
        SELECT extract(epoch FROM locked_until - now())::double precision FROM hub.operator_guess
        WHERE source = $1 AND locked_until > now()
        """)

    static let forget = Statement(
        "console.sign_in.forget",
        "DELETE FROM hub.operator_guess WHERE last_at < now() - interval '1 day' AND locked_until < now()")
}
